export { es256, manyClients, oneClient, rs256 } from './client_credentials.ts';
export { createOne, getOne, listPage } from './clients.ts';
export { discovery, jwks } from './documents.ts';
export { devicePoll, firstLogin, refresh, refreshWithoutIdToken, rememberedLogin, revoke } from './flows.ts';
export { activeToken, inactiveToken, jwt } from './introspection.ts';
export { healthCheck, loginPage } from './pages.ts';
export { memory, start, twoWorkersReading, twoWorkersWriting } from './processes.ts';
export { userinfo } from './userinfo.ts';
