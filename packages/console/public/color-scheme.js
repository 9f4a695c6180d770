// Sets the colour scheme before the first paint, so that a dark page never flashes white. A file of its own because the
// content security policy allows no inline script.
(function () {
  let stored = null;
  try {
    stored = localStorage.getItem('thimble-color-scheme');
  } catch {
    // Storage is forbidden: follow the system.
  }
  const dark = stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
