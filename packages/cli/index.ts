export {
  type Client,
  ConnectionError,
  createClient,
  ProblemError,
  type RunAction,
  type Target,
} from './client/index.ts';
