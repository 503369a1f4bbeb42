// Types of the shapes. Importing them costs nothing at run time; the schemas themselves are for those who check.
import type { z } from "zod";
import type * as schemas from "./schemas.ts";

export type RunJson = z.infer<typeof schemas.RunShape>;
export type SnapshotJson = z.infer<typeof schemas.SnapshotShape>;
export type HostJson = z.infer<typeof schemas.HostShape>;
export type HostDetailJson = z.infer<typeof schemas.HostDetailShape>;
export type SiteJson = z.infer<typeof schemas.SiteShape>;
export type ScheduleJson = z.infer<typeof schemas.ScheduleShape>;
export type RetentionJson = z.infer<typeof schemas.RetentionShape>;
export type SpaceJson = z.infer<typeof schemas.SpaceShape>;
export type VerifyJson = z.infer<typeof schemas.VerifyShape>;
export type WorkerJson = z.infer<typeof schemas.WorkerShape>;
export type BackupJson = z.infer<typeof schemas.BackupShape>;
export type StatusJson = z.infer<typeof schemas.StatusShape>;
export type CheckJson = z.infer<typeof schemas.CheckShape>;
export type DoctorJson = z.infer<typeof schemas.DoctorShape>;
export type MigrationJson = z.infer<typeof schemas.MigrationShape>;
export type RemovedHostJson = z.infer<typeof schemas.RemovedHostShape>;
export type DiscoveryJson = z.infer<typeof schemas.DiscoveryShape>;
export type RestoreJson = z.infer<typeof schemas.RestoreShape>;
export type EntryJson = z.infer<typeof schemas.EntryShape>;
export type FindingsJson = z.infer<typeof schemas.FindingsShape>;
export type VersionListJson = z.infer<typeof schemas.VersionListShape>;
export type ComparisonJson = z.infer<typeof schemas.ComparisonShape>;
