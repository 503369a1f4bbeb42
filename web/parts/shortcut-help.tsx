// Which keys do what.
import { Kbd, Modal, Table, Text } from "@mantine/core";
import { useMay } from "../api/session.tsx";
import { PLACES } from "./places.ts";

export function ShortcutHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const isAdmin = useMay("admin");
  const lines = [
    { keys: [["Ctrl", "K"], ["/"]], does: "Go to a place, a host or a file" },
    { keys: [["?"]], does: "This list" },
    { keys: [["Esc"]], does: "Close what is open" },
    ...PLACES.filter(({ access }) => access !== "admin" || isAdmin).map(({ key, label }) => ({
      keys: [["g", key]],
      does: label,
    })),
  ];
  return (
    <Modal opened={opened} onClose={close} title="Keyboard" centered>
      <Table verticalSpacing={6} withRowBorders={false} aria-label="Keys">
        <Table.Tbody>
          {lines.map(({ keys, does }) => (
            <Table.Tr key={does}>
              <Table.Td w={140}>
                {keys.map((chord, at) => (
                  <span key={chord.join(" ")}>
                    {at === 0 ? null : (
                      <Text span size="sm" c="dimmed">
                        {" "}
                        or{" "}
                      </Text>
                    )}
                    {chord.map((key) => (
                      <Kbd key={key} mr={4}>
                        {key}
                      </Kbd>
                    ))}
                  </span>
                ))}
              </Table.Td>
              <Table.Td>
                <Text size="sm">{does}</Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
