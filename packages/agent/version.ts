/** The version of the agent; the bundle and the .deb are named after it. */
export const AGENT_VERSION = '0.1.0';
