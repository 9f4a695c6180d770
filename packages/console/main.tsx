import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './shell/base.css';
import './states/tones.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createLiveFeed } from './api/live.ts';
import { LiveContext } from './api/live-context.ts';
import { createQueryClient } from './shell/query-client.ts';
import { createConsoleRouter } from './shell/router.tsx';
import { cssVariablesResolver, theme } from './shell/theme.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
const client = createQueryClient();
const live = createLiveFeed(client);
const router = createConsoleRouter();

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'thimble-color-scheme' })}
    >
      <QueryClientProvider client={client}>
        <LiveContext value={live}>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={router} />
        </LiveContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
