// The first page: whether everything is well, and if not, what to do.
import { Box, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "../../api/client.ts";
import { Page } from "../../parts/page.tsx";
import { QueryView } from "../../parts/query-view.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { Attention } from "./attention.tsx";
import classes from "./dashboard.module.css";
import { Disk } from "./disk.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { Grid } from "./grid.tsx";
import { OpenRuns } from "./open-runs.tsx";
import { RecentRuns } from "./recent-runs.tsx";
import { Report } from "./report.tsx";
import { Verdict } from "./verdict.tsx";

const ASKED_ANEW_MS = 60_000;

export function Dashboard() {
  const status = useQuery({ ...query.site.status.queryOptions(), refetchInterval: ASKED_ANEW_MS });
  return (
    <Page title="Dashboard">
      <QueryView query={status} rows={8}>
        {(site) =>
          site.hostsTotal === 0 ? (
            <FirstSteps isConfigured={site.configured} hasWorker={site.workers.length > 0} />
          ) : (
            <Stack gap="lg">
              <Verdict site={site} />
              <Attention items={site.attention} total={site.attentionTotal} />
              <OpenRuns runs={site.open} total={site.openTotal} />
              <Grid />
              <div className={classes.columns}>
                <RecentRuns />
                <Stack gap="xs">
                  <Disk disk={site.disk} root={site.root} />
                  <Box>
                    <TextLink to="/settings" search={{ tab: "installation" } as never} size="sm">
                      Health of this installation
                    </TextLink>
                  </Box>
                  <Report />
                </Stack>
              </div>
            </Stack>
          )
        }
      </QueryView>
    </Page>
  );
}
