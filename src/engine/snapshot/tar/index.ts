export {
  endOfArchive,
  TAR_BLOCK,
  tarContentSize,
  tarHeader,
  tarPadding,
  type TarMember,
  type TarMemberType,
} from './header.js';
export { alignExtents, type Extent } from './sparse.js';
