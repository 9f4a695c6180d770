export { type FilledFeed, fillMirror, type FillOptions } from './fill-mirror.ts';
export { type MirrorServer, serveMirror, type ServeOptions } from './serve-mirror.ts';
