import { describe } from 'node:test';
import * as sdk from '@ory/client';
import { type Sdk, walk } from './walk.ts';

// Its types allow null in more places; what it sends and receives is the same.
describe('@ory/client', () => walk(sdk as unknown as Sdk));

describe('@ory/client at a single origin, with an API key as its oryAccessToken', () =>
  walk(sdk as unknown as Sdk, (accessToken) => ({ accessToken })));
