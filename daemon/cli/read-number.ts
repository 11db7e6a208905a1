import { InvalidArgumentError } from 'commander';

export function readPositive(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('It takes a number above 0.');
  return number;
}

export function readWhole(text: string): number {
  const number = readPositive(text);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('It takes a whole number above 0.');
  return number;
}
