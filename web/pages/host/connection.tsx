// How a host is reached: the line to paste there, the key it must show, and a look step by step.
import { Badge, Button, Code, CopyButton, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PlugZap } from "lucide-react";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { HostDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { ProblemView } from "../../parts/problem-view.tsx";
import { AcceptKey } from "./accept-key.tsx";
import { type CheckResult, CheckSteps } from "./check-steps.tsx";

export function Connection({ host }: { host: HostDetail }) {
  return (
    <Stack gap="lg">
      <Probe host={host.name} />
      {host.transport === "ssh" ? (
        <>
          <KeyLine host={host.name} />
          <HostKeys host={host} />
        </>
      ) : null}
    </Stack>
  );
}

export function Probe({ host, onDone }: { host: string; onDone?: (result: CheckResult) => void }) {
  const may = useMay("operator");
  const [result, setResult] = useState<CheckResult | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const check = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const found = await client.hosts.check({ host });
      setResult(found);
      onDone?.(found);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm" component="section" aria-labelledby="probe">
      <Title order={2} fz={18} id="probe">
        Can it be reached?
      </Title>
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          {may ? (
            <Group>
              <Button
                leftSection={<PlugZap size={16} aria-hidden />}
                loading={isBusy}
                onClick={() => void check()}
              >
                Check now
              </Button>
              <Text size="sm" c="dimmed">
                Takes a few seconds, and changes nothing on the host.
              </Text>
            </Group>
          ) : (
            <Text size="sm">Checking takes the role operator.</Text>
          )}
          {error === null ? null : <ProblemView error={error} />}
          <div aria-live="polite">{result === null ? null : <CheckSteps result={result} host={host} />}</div>
          <CommandLine command={`pobsync check-host ${shellWord(host)}`} />
        </Stack>
      </Paper>
    </Stack>
  );
}

export function KeyLine({ host }: { host: string }) {
  const { data, isPending } = useQuery(query.hosts.publicKey.queryOptions({ input: { host } }));
  return (
    <Stack gap="sm" component="section" aria-labelledby="key-line">
      <Title order={2} fz={18} id="key-line">
        This server's key
      </Title>
      <Paper withBorder p="md" radius="md">
        <Stack gap="xs">
          {isPending ? <Text size="sm">Looking for it …</Text> : null}
          {data === null ? <Text size="sm">No public key was found beside the identity file.</Text> : null}
          {data == null ? null : data.path === null ? (
            <OwnKey host={host} line={data.line} />
          ) : (
            <>
              <Text size="sm">
                Add this line to <Code>~/.ssh/authorized_keys</Code> of the user on the host:
              </Text>
              <Line text={data.line} where={data.path} />
            </>
          )}
          {isPending || data?.path === null ? null : (
            <>
              <Text size="sm">
                {data === null ? "Give" : "Or give"} this host a key of its own, which can only read:
              </Text>
              <CommandLine command={`pobsync enroll ${shellWord(host)}`} />
            </>
          )}
        </Stack>
      </Paper>
    </Stack>
  );
}

function OwnKey({ host, line }: { host: string; line: string }) {
  return (
    <>
      <Text size="sm">pobsync signs in with a key that it has made for this host alone:</Text>
      <Code block className="verbatim" style={{ whiteSpace: "pre-wrap" }}>
        {line}
      </Code>
      <Text size="sm">
        What to paste on the host so that it accepts the key, and lets it do no more than it must:
      </Text>
      <CommandLine command={`pobsync enroll ${shellWord(host)} --print`} />
    </>
  );
}

function Line({ text, where }: { text: string; where: string }) {
  return (
    <>
      <Code block className="verbatim" style={{ whiteSpace: "pre-wrap" }}>
        {text}
      </Code>
      <Group gap="sm">
        <CopyButton value={text} timeout={1500}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy the line"}
            </Button>
          )}
        </CopyButton>
        <Text size="xs" c="dimmed" className="verbatim">
          {where}
        </Text>
      </Group>
    </>
  );
}

function HostKeys({ host }: { host: HostDetail }) {
  const isAdmin = useMay("admin");
  return (
    <Stack gap="sm" component="section" aria-labelledby="host-keys">
      <Title order={2} fz={18} id="host-keys">
        Keys that the host must show
      </Title>
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          {host.hostKeys.length === 0 ? (
            <Text size="sm">None is pinned yet. The first contact does so, and says which.</Text>
          ) : (
            <Table aria-label="Pinned host keys">
              <Table.Tbody>
                {host.hostKeys.map(({ type, fingerprint }) => (
                  <Table.Tr key={fingerprint}>
                    <Table.Td w={150}>
                      <Badge variant="light" color="gray" tt="none">
                        {type}
                      </Badge>
                    </Table.Td>
                    <Table.Td className="verbatim" fz="sm">
                      {fingerprint}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          {isAdmin ? <AcceptKey host={host.name} /> : null}
        </Stack>
      </Paper>
    </Stack>
  );
}
