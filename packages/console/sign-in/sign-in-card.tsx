import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Logo } from '../shell/logo.tsx';
import classes from './sign-in.module.css';

export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Thimble`);
  return (
    <main className={classes['page']}>
      <div className={classes['card']}>
        <Group gap="sm" mb="lg">
          <Logo size={30} />
          <Text fw={680} fz="1.15rem">
            Thimble
          </Text>
        </Group>
        <Stack gap="md">
          <Title order={1} fz="1.25rem">
            {title}
          </Title>
          {children}
        </Stack>
      </div>
    </main>
  );
}
