// Getting files back: what, where to, what it would do, and then doing it.
import { Stepper } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../../api/client.ts";
import { useMay } from "../../api/session.tsx";
import { NotFound } from "../../parts/not-found.tsx";
import { Page } from "../../parts/page.tsx";
import { tellFailure } from "../../parts/told.tsx";
import { useFilters } from "../../parts/use-search.ts";
import { Preview } from "./preview.tsx";
import { What } from "./what.tsx";
import { Where } from "./where.tsx";
import { type Wish, wishInput } from "./wish.ts";

export function Restore() {
  const { host = "" } = useParams({ strict: false });
  const [may, isAdmin] = [useMay("operator"), useMay("admin")];
  const navigate = useNavigate();
  const [search] = useFilters();
  const [step, setStep] = useState(0);
  const [wish, setWish] = useState<Wish>({
    ...{ host, snapshot: search.snapshot ?? "latest", path: search.path ?? "/" },
    target: isAdmin ? { to: "folder", dir: "" } : { to: "host", host, dir: "" },
    ...{ delete: false, check: false },
  });
  const [seen, setSeen] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (!may) return <NotFound />;
  const change = (part: Partial<Wish>): void => {
    setSeen(null);
    setWish((before) => ({ ...before, ...part }));
  };
  const look = async (): Promise<void> => {
    setBusy(true);
    try {
      const { id } = await client.restores.preview(wishInput(wish));
      setSeen(id);
      setStep(2);
    } catch (error) {
      tellFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const restore = async (yes: boolean): Promise<void> => {
    const { id } = await client.restores.create({
      ...wishInput(wish),
      yes,
      ...(seen === null ? {} : { seen }),
    });
    await navigate({ to: "/runs/$id", params: { id: String(id) } });
  };
  return (
    <Page title={`Restore from ${host}`} lead="Nothing is changed before you have seen what would be.">
      <Stepper
        active={step}
        onStepClick={(next) => next < step && setStep(next)}
        size="sm"
        allowNextStepsSelect={false}
      >
        <Stepper.Step label="What" description="snapshot and path">
          <What wish={wish} change={change} next={() => setStep(1)} />
        </Stepper.Step>
        <Stepper.Step label="Where" description="and how">
          <Where
            wish={wish}
            change={change}
            back={() => setStep(0)}
            next={() => void look()}
            isBusy={isBusy}
          />
        </Stepper.Step>
        <Stepper.Step label="Preview" description="what would be done">
          {seen === null ? null : (
            <Preview
              wish={wish}
              run={seen}
              back={() => setStep(1)}
              again={() => void look()}
              restore={restore}
            />
          )}
        </Stepper.Step>
      </Stepper>
    </Page>
  );
}
