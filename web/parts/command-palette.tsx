// Every place and every host by its name.
import "@mantine/spotlight/styles.layer.css";
import { Kbd } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search, Server } from "lucide-react";
import { useState } from "react";
import { query } from "../api/client.ts";
import { useMay } from "../api/session.tsx";
import { PLACES } from "./places.ts";

const HOSTS_SHOWN = 8;
export function CommandPalette({ opened, close }: { opened: boolean; close: () => void }) {
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim(), 150);
  const { data } = useQuery({
    ...query.hosts.list.queryOptions({ input: { q: wanted, limit: HOSTS_SHOWN } }),
    enabled: wanted !== "",
    placeholderData: keepPreviousData,
  });
  const places = PLACES.filter(({ access }) => access !== "admin" || isAdmin);
  const groups = [
    {
      group: "Places",
      actions: places.map(({ to, label, icon: Icon, key }) => ({
        id: to,
        label,
        leftSection: <Icon size={18} aria-hidden />,
        rightSection: (
          <span aria-hidden>
            <Kbd size="xs">g</Kbd> <Kbd size="xs">{key}</Kbd>
          </span>
        ),
        onClick: () => void navigate({ to }),
      })),
    },
    {
      group: "Hosts",
      actions: (wanted === "" ? [] : (data?.items ?? [])).map(({ name, address }) => ({
        id: `host ${name}`,
        label: name,
        description: address,
        leftSection: <Server size={18} aria-hidden />,
        onClick: () => void navigate({ to: "/hosts/$host", params: { host: name } }),
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      forceOpened={opened}
      onSpotlightClose={close}
      nothingFound="Nothing is called like that."
      searchProps={{
        leftSection: <Search size={18} aria-hidden />,
        placeholder: "A place or a host …",
        "aria-label": "Go to a place or a host",
      }}
    />
  );
}
