export { type EventBus, type ServerEvent, createEventBus } from './bus.ts';
export { registerLiveEvents } from './live.ts';
