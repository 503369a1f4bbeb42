// Names and values, one under the other.
import { Table } from "@mantine/core";
import type { ReactNode } from "react";

export interface Fact {
  readonly name: string;
  /** Null: not worth a line. */
  readonly value: ReactNode;
}

export function FactList({ facts, label }: { facts: readonly Fact[]; label: string }) {
  return (
    <Table aria-label={label} verticalSpacing={5} withRowBorders={false} maw={860}>
      <Table.Tbody>
        {facts
          .filter(({ value }) => value !== null)
          .map(({ name, value }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400} c="dimmed" fz="sm" w="38%" style={{ verticalAlign: "top" }}>
                {name}
              </Table.Th>
              <Table.Td fz="sm" className="breakable numbers">
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
