import { parentPort, workerData } from 'node:worker_threads';
import { simulate, type SimulationInput } from '@thimble/simulator';

// A simulation keeps its thread busy for up to a minute: in one of its own it can be ended, and its progress is seen.
const input = workerData as SimulationInput;
const result = simulate({ ...input, limits: { progress: (percent) => parentPort?.postMessage({ percent }) } });
parentPort?.postMessage({ result });
