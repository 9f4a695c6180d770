export { ensureChromium, findChromium, launchBrowser, type Browser, type LaunchOptions } from './browser.ts';
export { FAKE_LINK, startFakeApi, type FakeApi, type FakeApiOptions } from './fake-api.ts';
