import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Ink blue: the thread. Shades 6 and 7 carry white text. */
const thread: MantineColorsTuple = [
  '#eef4ff',
  '#dbe6fd',
  '#b8cdfa',
  '#8fb0f5',
  '#6a94ee',
  '#4f7ee6',
  '#3b6bd8',
  '#2f59bd',
  '#274a9c',
  '#1f3b7d',
];
/** A cool night instead of Mantine's neutral grey. 0: text, 2: dimmed, 4: borders, 6: surfaces, 7: body. */
const dark: MantineColorsTuple = [
  '#dfe4ec',
  '#b9c1ce',
  '#98a2b3',
  '#6b7688',
  '#3b4453',
  '#2b3340',
  '#1d232c',
  '#13171d',
  '#0f1217',
  '#0a0c10',
];

/** The <header> of a dialog is not a second banner of the page. */
const dialog = { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'presentation' } } };

export const theme = createTheme({
  primaryColor: 'thread',
  primaryShade: { light: 7, dark: 6 },
  colors: { thread, dark },
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.25' }, h2: { fontSize: '1.05rem' } },
  },
  defaultRadius: 'md',
  radius: { xs: '0.2rem', sm: '0.3rem', md: '0.45rem', lg: '0.7rem', xl: '1rem' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: true, ...dialog } },
    Drawer: { defaultProps: dialog },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
  },
});

/** Mantine's dimmed grey is too pale for small text (WCAG 1.4.3 asks for 4.5). */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-text': '#1b2330',
    '--mantine-color-dimmed': '#566070',
    '--mantine-color-placeholder': '#667080',
    '--mantine-color-anchor': thread[7],
    '--mantine-color-error': '#b42323',
  },
  dark: {
    '--mantine-color-placeholder': '#98a2b3',
    '--mantine-color-anchor': '#8fb0f5',
    '--mantine-color-error': '#ffa3a3',
  },
});
