// The API, readable: made from the same document that machines read, with nothing from elsewhere.
import { Alert, Anchor, Button, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download, SearchX } from "lucide-react";
import { query } from "../../api/client.ts";
import { CommandLine } from "../../parts/command-line.tsx";
import { EmptyState } from "../../parts/empty-state.tsx";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { SearchInput } from "../../parts/search-input.tsx";
import { Section } from "../../parts/section.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { countText } from "../../parts/words.ts";
import { curlLine } from "../account/curl-line.ts";
import { byTag, type Document, matching, operationsOf } from "./document.ts";
import { OperationItem } from "./operation.tsx";
import { Schemas, SchemaView } from "./schema-view.tsx";
import { Shape } from "./shape.tsx";

export function ApiDocs() {
  const document = useQuery({
    ...query.documents.openapi.queryOptions(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page
      title="API"
      lead="Everything that this console does, for scripts."
      actions={
        <Button
          component="a"
          href="/api/openapi.json"
          download="pobsync-openapi.json"
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
        >
          OpenAPI document
        </Button>
      }
    >
      <Introduction />
      <QueryView query={document} rows={12}>
        {(data) => <Operations document={data as unknown as Document} />}
      </QueryView>
    </Page>
  );
}

function Introduction() {
  return (
    <Stack gap="sm" maw={820}>
      <Text size="sm">
        Scripts sign in with a token, which is made under <TextLink to="/account">Account</TextLink> and sent
        with each request. Instants are ISO 8601 in UTC, sizes are bytes, and lists are{" "}
        <Code>{"{ items, next }"}</Code>: what <Code>next</Code> says goes into <Code>after</Code> for the
        next page. What takes long is queued: the answer is 202 and the run. An existing shape only grows.
      </Text>
      <CommandLine command={curlLine()} />
      <Alert color="gray" variant="light" title="When something fails">
        <Text size="sm">
          The answer is <Code>application/problem+json</Code> with <Code>code</Code>, which stays the same for
          ever, <Code>message</Code>, <Code>hint</Code> with the next step, and <Code>status</Code>.
        </Text>
      </Alert>
    </Stack>
  );
}

function Operations({ document }: { document: Document }) {
  const [search, change] = useFilters();
  const found = matching(operationsOf(document), search.q ?? "");
  const schemas = document.components?.schemas ?? {};
  return (
    <Schemas value={schemas}>
      <Group gap="md" align="flex-end" justify="space-between">
        <SearchInput
          label="Find"
          placeholder="a path, or what it does"
          value={search.q ?? ""}
          onChange={(q) => change({ q })}
          width={300}
          withIcon
        />
        <Text size="sm" c="dimmed" role="status">
          {countText(found.length, "operation")}
        </Text>
      </Group>
      {found.length === 0 ? (
        <EmptyState icon={SearchX} title="Nothing is called like that">
          <Anchor component="button" type="button" onClick={() => change({ q: "" })}>
            Show everything
          </Anchor>
        </EmptyState>
      ) : null}
      {byTag(found).map(([tag, operations]) => (
        <Section key={tag} title={tag}>
          <Paper withBorder px={{ base: "xs", sm: "md" }} py={4} radius="md">
            {operations.map((operation) => (
              <OperationItem
                key={operation.id}
                operation={operation}
                isOpen={search.open === operation.id}
                toggle={() => change({ open: search.open === operation.id ? "" : operation.id })}
              />
            ))}
          </Paper>
        </Section>
      ))}
      <Section title="Shapes" lead="What several answers share.">
        <Paper withBorder px={{ base: "xs", sm: "md" }} py={4} radius="md">
          {Object.entries(schemas).map(([name, schema]) => (
            <Shape
              key={name}
              name={name}
              isOpen={search.shape === name}
              toggle={() => change({ shape: search.shape === name ? "" : name })}
            >
              <SchemaView schema={schema} />
            </Shape>
          ))}
        </Paper>
      </Section>
    </Schemas>
  );
}
