export type { EventBus, ServerEvent } from './bus.ts';
