import type { Bar } from './layout.ts';

export const BAR_WORDS: Readonly<Record<Bar['kind'], string>> = {
  installing: 'Installing',
  soak: 'Soaking',
  gate: 'At the gate',
};
