// What can be done with the folder that is looked at.
import { Button, Group } from "@mantine/core";
import { Download, GitCompare, RotateCcw } from "lucide-react";
import { useMay } from "../../api/session.tsx";
import { downloadUrl } from "../../parts/path-words.ts";
import { ButtonLink } from "../../parts/text-link.tsx";

export function FolderActions({ host, snapshot, path }: { host: string; snapshot: string; path: string }) {
  const may = useMay("operator");
  return (
    <Group gap="xs">
      {may ? (
        <>
          {(["tar", "zip"] as const).map((format) => (
            <Button
              key={format}
              component="a"
              href={downloadUrl(host, { snapshot, path, format })}
              download
              size="xs"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
            >
              Folder as {format}
            </Button>
          ))}
          <ButtonLink
            to="/hosts/$host/restore"
            params={{ host }}
            search={{ snapshot, path } as never}
            size="xs"
            variant="default"
            leftSection={<RotateCcw size={14} aria-hidden />}
          >
            Restore this folder …
          </ButtonLink>
        </>
      ) : null}
      <ButtonLink
        to="/hosts/$host/diff"
        params={{ host }}
        search={{ to: snapshot, path } as never}
        size="xs"
        variant="default"
        leftSection={<GitCompare size={14} aria-hidden />}
      >
        Compare …
      </ButtonLink>
    </Group>
  );
}
