/** Tests are TypeScript under test/, compiled to dist/test by `npm run build`. */
export default {
  files: ['dist/test/**/*.test.js'],
  // Native code (onnxruntime) and signals belong to a process of their own.
  workerThreads: false,
  // Tests start children, brokers and sessions of their own; a small board has few cores.
  concurrency: 2,
  timeout: '3m',
  // Nothing a developer has exported may change what a test sees.
  environmentVariables: { EARSHOT_CONFIG: '', NOTIFY_SOCKET: '', JOURNAL_STREAM: '', CREDENTIALS_DIRECTORY: '' },
};
