export { blocksForOrders } from './blocks/blocks-for-orders.ts';
export { createBlock } from './blocks/create-block.ts';
export { lockBlocks, lockBlocksOfRun } from './blocks/lock.ts';
export { REMOVED_TOPIC } from './serving/removed-topic.ts';
export { createSnapshot } from './snapshots/create.ts';
