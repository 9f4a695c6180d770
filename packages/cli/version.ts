/** Of this build; the same for server, agent and command line, which are released together. */
export const VERSION = '0.1.0';
