// What the page knows of the server, and how it asks again.
import { QueryClient } from "@tanstack/react-query";
import { problemOf } from "./client.ts";

/** Refusals stay refusals; only what a moment may mend is asked for again. */
const mayPass = (error: unknown): boolean => {
  const { status, code } = problemOf(error);
  return (status === 0 || status >= 502) && code !== "not_configured";
};

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && mayPass(error),
      staleTime: 10_000,
      refetchOnWindowFocus: true,
    },
  },
});
