export { ProofModule } from './proof.module.js';
export { ProofStore } from './proof-store.js';
