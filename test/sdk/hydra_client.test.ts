import { describe } from 'node:test';
import * as sdk from '@ory/hydra-client';
import { walk } from './walk.ts';

describe('@ory/hydra-client', () => walk(sdk));

// It has no setting for a bearer token of the admin API: one for all requests does it.
const withKey = (key: string) => ({ baseOptions: { headers: { Authorization: `Bearer ${key}` } } });

describe('@ory/hydra-client at a single origin, with an API key', () => walk(sdk, withKey));
