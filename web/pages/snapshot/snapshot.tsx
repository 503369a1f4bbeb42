// One snapshot: what it is, what it changed, why it stays, and what can be done with it.
import { Button, Code, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { FolderOpen, RotateCcw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { client, query } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import type { SnapshotDetail } from "../../api/types.ts";
import { CommandLine, shellWord } from "../../parts/command-line.tsx";
import { FactList } from "../../parts/fact-list.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SnapshotBadges } from "../../parts/snapshot-badges.tsx";
import { STATE_WORDS, verdictWords, verifyWords } from "../../parts/snapshot-words.ts";
import { ButtonLink, HostLink, RunLink, TextLink } from "../../parts/text-link.tsx";
import { tellFailure } from "../../parts/told.tsx";
import { momentText, numberText, sizeText } from "../../parts/words.ts";
import { Changes } from "../run/changes.tsx";
import { PinBox } from "./pin-box.tsx";

export function SnapshotPage() {
  const { host = "", snapshot = "" } = useParams({ strict: false });
  const detail = useQuery(query.snapshots.get.queryOptions({ input: { host, snapshot } }));
  const title = detail.data === undefined ? snapshot : `${host}, ${momentText(detail.data.startedAt)}`;
  return (
    <Page
      title={title}
      lead={<span className="verbatim">{detail.data?.name ?? snapshot}</span>}
      actions={detail.data?.state === "complete" ? <Actions snapshot={detail.data} /> : undefined}
    >
      <QueryView query={detail} rows={8}>
        {(data) => (
          <Stack gap="lg">
            <SnapshotBadges snapshot={data} />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              <About snapshot={data} />
              <Stack gap="lg">
                <PinBox snapshot={data} />
                {data.run === null ? null : (
                  <Changes
                    run={{ ...data.run, snapshot: data.name, base: data.base, changes: data.changes }}
                  />
                )}
              </Stack>
            </SimpleGrid>
            <ByHand snapshot={data} />
          </Stack>
        )}
      </QueryView>
    </Page>
  );
}

/** How somebody restores from it who has nothing but the disk. */
function ByHand({ snapshot: { dataPath, fakeSuper } }: { snapshot: SnapshotDetail }) {
  return (
    <Stack gap={4}>
      {fakeSuper ? (
        <Text size="sm">
          It is a folder on the server, made without root: owners, modes, devices and links are kept in
          attributes of its files. <Code>rsync --fake-super</Code> gives them back, and <Code>cp</Code> does
          not:
        </Text>
      ) : (
        <Text size="sm">
          It is a plain folder on the server. <Code>cp</Code> and <Code>rsync</Code> can restore from it, too:
        </Text>
      )}
      <CommandLine
        command={
          fakeSuper
            ? `rsync -aHAXS --numeric-ids --fake-super ${shellWord(`${dataPath}/`)} root@HOST:/PATH/`
            : `ls ${shellWord(dataPath)}`
        }
      />
    </Stack>
  );
}

function Actions({ snapshot: { host, name } }: { snapshot: SnapshotDetail }) {
  const navigate = useNavigate();
  const may = useMay("operator");
  const [isBusy, setBusy] = useState(false);
  const verify = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.runs.create({ kind: "verify", host, snapshot: name });
      await navigate({ to: "/runs/$id", params: { id: String(id) } });
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Group gap="xs">
      <ButtonLink
        to="/hosts/$host/files"
        params={{ host }}
        search={{ snapshot: name } as never}
        leftSection={<FolderOpen size={16} aria-hidden />}
      >
        Browse
      </ButtonLink>
      {may ? (
        <>
          <ButtonLink
            to="/hosts/$host/restore"
            params={{ host }}
            search={{ snapshot: name } as never}
            variant="default"
            leftSection={<RotateCcw size={16} aria-hidden />}
          >
            Restore …
          </ButtonLink>
          <Button
            variant="default"
            leftSection={<ShieldCheck size={16} aria-hidden />}
            loading={isBusy}
            onClick={() => void verify()}
          >
            Verify
          </Button>
        </>
      ) : null}
    </Group>
  );
}

function About({ snapshot }: { snapshot: SnapshotDetail }) {
  const { host, base, files, bytes, newBytes, runId, verifiedAt, adoptedFrom, freedBytes } = snapshot;
  const { anomaly, anomalyVerdict } = snapshot;
  return (
    <Stack gap="sm" component="section" aria-labelledby="about">
      <Title order={2} fz={18} id="about">
        About
      </Title>
      <Paper withBorder p="sm" radius="md">
        <FactList
          label="About the snapshot"
          facts={[
            { name: "Host", value: <HostLink host={host} /> },
            { name: "Kind", value: snapshot.kind },
            { name: "State", value: STATE_WORDS[snapshot.state] },
            { name: "Began", value: <Moment at={snapshot.startedAt} as="date" /> },
            { name: "Finished", value: <Moment at={snapshot.finishedAt} as="date" /> },
            {
              name: "Made against",
              value:
                base === null ? (
                  "nothing: it is a full one"
                ) : (
                  <TextLink to="/snapshots/$host/$snapshot" params={{ host, snapshot: base }} size="sm">
                    {base}
                  </TextLink>
                ),
            },
            { name: "Entries", value: files === null ? null : numberText(files) },
            { name: "Size", value: bytes === null ? null : sizeText(bytes) },
            { name: "New data", value: newBytes === null ? null : sizeText(newBytes) },
            { name: "Read again", value: verifyWords(snapshot) },
            { name: "All of it since", value: verifiedAt === null ? null : <Moment at={verifiedAt} /> },
            { name: "Odd", value: anomaly },
            { name: "What was said of it", value: anomalyVerdict && verdictWords(anomalyVerdict) },
            { name: "Stands for", value: adoptedFrom },
            {
              name: "In the trash until",
              value: snapshot.trashUntil === null ? null : <Moment at={snapshot.trashUntil} />,
            },
            { name: "Freed", value: freedBytes === null ? null : sizeText(freedBytes) },
            { name: "Run", value: runId === null ? null : <RunLink id={runId} /> },
          ]}
        />
      </Paper>
    </Stack>
  );
}
