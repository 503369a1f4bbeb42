// The tabs of a page in one line: on a phone they are swiped through, and the one that is shown is in sight.
import { Tabs } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./tab-bar.module.css";

export function TabBar({ current, children }: { current: string; children: ReactNode }) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>(`[role="tab"][id$="-${CSS.escape(current)}"]`);
    // Only the bar is scrolled, never the page.
    if (bar.current !== null && tab != null)
      bar.current.scrollLeft = tab.offsetLeft - (bar.current.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  return (
    <Tabs.List ref={bar} mb="md" className={classes.bar}>
      {children}
    </Tabs.List>
  );
}
