import { Button, FileButton, Menu } from '@mantine/core';
import { IconChevronDown, IconFileExport, IconFileImport } from '@tabler/icons-react';
import { fetchVex, importVex, type VexFormat } from '../api/assess-actions.ts';
import { keys } from '../api/keys.ts';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { downloadFile } from '../format/download.ts';
import { plural } from '../format/quantity.ts';

const FILES: Readonly<Record<VexFormat, string>> = {
  cyclonedx: 'vex.cdx.json',
  csaf: 'vex.csaf.json',
};

/** What is stated here as VEX documents, and others' statements taken in. */
export function VexActions() {
  const exporting = useAction<VexFormat, string>({
    run: fetchVex,
    done: (text, format) => downloadFile(FILES[format], 'application/json', text),
  });
  const importing = useAction({
    run: (file: File) => importVex(file),
    refresh: [keys.exceptions, keys.vulnerabilities, keys.risk],
    done: ({ total }) => toastDone('The VEX document was taken in', plural(total, 'exception')),
  });
  return (
    <>
      <FileButton
        accept="application/json,.json"
        onChange={(file) => {
          if (file !== null) importing.mutate(file);
        }}
      >
        {(props) => (
          <Permitted needs="exceptions:write">
            <Button
              {...props}
              variant="default"
              leftSection={<IconFileImport size={16} aria-hidden />}
              loading={importing.isPending}
            >
              Import VEX
            </Button>
          </Permitted>
        )}
      </FileButton>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconFileExport size={16} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            loading={exporting.isPending}
          >
            Export VEX
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => exporting.mutate('cyclonedx')}>CycloneDX</Menu.Item>
          <Menu.Item onClick={() => exporting.mutate('csaf')}>CSAF</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
