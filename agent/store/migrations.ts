// Every migration, ascending. A list and not a reading of the folder: a build folder may still
// hold the file of a migration that another version of the program had there. A test compares
// the list with the folder. Numbers may have gaps.

import type { NumberedMigration } from './migration.ts';
import { migration as base } from './migrations/0001-base.ts';
import { migration as listing } from './migrations/0002-listing.ts';
import { migration as jobs } from './migrations/0003-jobs.ts';
import { migration as gear } from './migrations/0004-gear.ts';
import { migration as jobKeys } from './migrations/0005-job-keys.ts';

export const MIGRATIONS: readonly NumberedMigration[] = [
  { version: 1, name: 'base', ...base },
  { version: 2, name: 'listing', ...listing },
  { version: 3, name: 'jobs', ...jobs },
  { version: 4, name: 'gear', ...gear },
  { version: 5, name: 'job-keys', ...jobKeys },
];
