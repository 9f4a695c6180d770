export { documentFromFile } from './document-from-file.ts';
