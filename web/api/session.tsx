// Who is signed in, for everything on the page.
import { hashKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { client, problemOf, query, setCsrfToken } from "./client.ts";

export type Session = Awaited<ReturnType<typeof client.session.current>>;
export type RoleName = Session["user"]["role"];

const SessionContext = createContext<Session | null>(null);

const ROLES: readonly RoleName[] = ["viewer", "operator", "admin"];

/** The session of the page; only used where somebody is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("Nobody is signed in here.");
  return session;
}

/** Whether whoever is signed in may do what takes that role. */
export const useMay = (needed: RoleName): boolean =>
  ROLES.indexOf(useSession().user.role) >= ROLES.indexOf(needed);

export const sessionOptions = () => ({
  ...query.session.current.queryOptions(),
  queryFn: async () => {
    try {
      const session = await client.session.current();
      setCsrfToken(session.csrfToken);
      return session;
    } catch (error) {
      if (problemOf(error).status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** Asks who is signed in, and shows one of three things accordingly. */
export function SessionGate({
  loading,
  signedOut,
  failed,
  children,
}: {
  loading: ReactNode;
  signedOut: ReactNode;
  failed: (error: unknown, again: () => void) => ReactNode;
  children: ReactNode;
}) {
  const { data, error, isPending, refetch } = useQuery(sessionOptions());
  if (isPending) return loading;
  if (error !== null && data === undefined) return failed(error, () => void refetch());
  if (data === null || data === undefined) return signedOut;
  return <SessionContext.Provider value={data}>{children}</SessionContext.Provider>;
}

/** What a login or a changed password has opened. */
export function useOpenedSession(): (session: Session) => void {
  const queries = useQueryClient();
  return (session) => {
    setCsrfToken(session.csrfToken);
    queries.setQueryData(sessionOptions().queryKey, session);
  };
}

export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await client.session.logout().catch(() => {});
    const { queryKey } = sessionOptions();
    // The page looks at this one: thrown away with the others, nobody would tell it.
    queries.setQueryData(queryKey, null as never);
    queries.removeQueries({ predicate: (other) => other.queryHash !== hashKey(queryKey) });
  };
}
