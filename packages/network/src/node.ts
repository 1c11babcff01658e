export { createLibp2pNetwork, type LibP2pNetwork } from './node/libp2p-network.ts';
export { DEFAULT_LIMITS, type Libp2pNetworkOptions, type NetworkError, type NetworkLimits } from './node/options.ts';
export { generatePeerKey, peerIdOfKey, peerKeyFromSeed } from './node/peer-key.ts';
