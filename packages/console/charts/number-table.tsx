import { Table } from '@mantine/core';

interface NumberTableProps {
  readonly label: string;
  readonly height: number;
  /** The first is that of the row's name. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly [string, ...(string | number)[]])[];
}

/** A chart's numbers for those who read them rather than see them. */
export function NumberTable({ label, height, head, rows }: NumberTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={280}
      maxHeight={height}
      type="native"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <Table stickyHeader verticalSpacing={5} fz="sm" className="tabular">
        <Table.Thead>
          <Table.Tr>
            {head.map((name, index) => (
              <Table.Th key={name} {...(index === 0 ? {} : { ta: 'end' as const })}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, ...values]) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              {values.map((value, index) => (
                <Table.Td key={index} ta="end" style={{ whiteSpace: 'nowrap' }}>
                  {value}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
