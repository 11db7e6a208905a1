"""A bundle run in Python with ONNX Runtime, by the letter of docs/bundle.md: what the daemon is compared with."""

import json
from pathlib import Path

import numpy as np
import onnxruntime

from earshot_trainer.decoding import Decoded, DecodingSettings, beam_search


class Bundle:
    """Three sessions and the manifest that says how to use them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        self.encoder, self.memory, self.decoder = (self._open(name) for name in ("encoder", "memory", "decoder"))

    def _open(self, graph: str) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(self.folder / f"{graph}.onnx", options, providers=["CPUExecutionProvider"])

    def caption_segments(self, log_mel: np.ndarray) -> Decoded:
        """Log-mel float32 [per_window, mel_bins, context + frames] of a window's segments to its best sequence."""
        embeddings = np.concatenate([self.encoder.run(None, {"log_mel": mel[None, None]})[0] for mel in log_mel], axis=1)
        keys, values = self.memory.run(None, {"embeddings": embeddings})
        shape = self.manifest["decoder"]
        beams = self.manifest["decoding"]["beam_size"]
        cache = np.zeros((2, shape["layers"], beams, shape["heads"], shape["cache_length"], shape["head_size"]), np.float32)

        def step(tokens: np.ndarray, position: int, parents: np.ndarray) -> np.ndarray:
            nonlocal cache
            cache = cache[:, :, parents]
            inputs = {"token": tokens.astype(np.int32), "position": np.array([position], np.int32)}
            inputs |= {"self_keys": cache[0], "self_values": cache[1], "cross_keys": keys, "cross_values": values}
            log_probs, new_keys, new_values = self.decoder.run(None, inputs)
            cache[0, :, :, :, position], cache[1, :, :, :, position] = new_keys[:, :, :, 0], new_values[:, :, :, 0]
            return log_probs

        return beam_search(step, DecodingSettings(**self.manifest["decoding"]))

    def say(self, decoded: Decoded) -> str:
        return " ".join(self.words[token] for token in decoded.tokens if token > self.manifest["tokens"]["unknown"])
