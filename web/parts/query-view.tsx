// What is being loaded: a skeleton at first, the failure with its cause, or the content. Old content stays while new comes.
import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemView } from "./problem-view.tsx";

export function QueryView<Data>({
  query,
  rows = 4,
  children,
}: {
  query: UseQueryResult<Data>;
  /** How many lines the skeleton has. */
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined)
    return (
      <>
        {query.error === null ? null : <ProblemView error={query.error} again={() => void query.refetch()} />}
        {children(query.data)}
      </>
    );
  if (query.error !== null) return <ProblemView error={query.error} again={() => void query.refetch()} />;
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton are all alike
        <Skeleton key={at} height={28} />
      ))}
    </Stack>
  );
}
