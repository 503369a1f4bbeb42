// The whole console: pages for whoever is signed in, else the way in.
import { Center, Loader } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { SessionGate } from "../api/session.tsx";
import { ProblemView } from "./problem-view.tsx";
import { Shell } from "./shell.tsx";

const WayIn = lazy(async () => ({ default: (await import("../pages/way-in/way-in.tsx")).WayIn }));

const LOADING = (
  <Center h="100vh">
    <Loader role="status" aria-label="Loading" />
  </Center>
);

export function Console() {
  return (
    <SessionGate
      loading={LOADING}
      signedOut={
        <Suspense fallback={LOADING}>
          <WayIn />
        </Suspense>
      }
      failed={(error, again) => (
        <Center h="100vh" p="md">
          <ProblemView error={error} again={again} />
        </Center>
      )}
    >
      <LeaveWayIn />
      <Shell />
    </SessionGate>
  );
}

/** Whoever is signed in has no business at the door. */
function LeaveWayIn() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const isAtDoor = pathname === "/login" || pathname === "/setup";
  useEffect(() => {
    if (isAtDoor) void navigate({ to: "/", replace: true });
  }, [isAtDoor, navigate]);
  return null;
}
