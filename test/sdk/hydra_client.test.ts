import { describe } from 'node:test';
import * as sdk from '@ory/hydra-client';
import { walk } from './walk.ts';

describe('@ory/hydra-client', () => walk(sdk, ['createVerifiableCredential']));
