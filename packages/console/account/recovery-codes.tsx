import { Alert, Button, CopyButton, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { downloadFile } from '../format/download.ts';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

/** Shown this once. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const text = codes.join('\n');
  return (
    <Alert variant="light" color="thread" title="Your recovery codes">
      <Stack gap="sm">
        <Text size="sm">
          Each stands in once for a code of the app. Keep them where your telephone is not: they are not shown again,
          and those of before do not work any more.
        </Text>
        <SimpleGrid
          cols={{ base: 1, xs: 2 }}
          spacing={4}
          component="ul"
          style={{ listStyle: 'none', padding: 0, margin: 0 }}
        >
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </SimpleGrid>
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button
            variant="default"
            onClick={() => downloadFile('thimble-recovery-codes.txt', 'text/plain', `${text}\n`)}
          >
            Download
          </Button>
          <Button onClick={onDone}>I have kept them</Button>
        </Group>
      </Stack>
    </Alert>
  );
}
