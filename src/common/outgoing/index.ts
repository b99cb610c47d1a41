export { checkLiteral, mayReach } from './address-policy.js';
export { type OutgoingAnswer, type OutgoingOptions, outgoingRequest, outgoingSocket } from './outgoing-request.js';
