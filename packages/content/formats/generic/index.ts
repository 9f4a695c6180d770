import { ContentFault, type RepositoryDefinition, type RepositoryFormat } from '../../model/index.ts';
import { freezeGeneric, LIST_PATH } from './freeze.ts';
import { placeOf } from './place.ts';

/** Installers, firmware and definitions that no repository format describes: files by address and SHA-256. */
export const genericFormat: RepositoryFormat = {
  id: 'generic',
  name: 'files',
  freeze: freezeGeneric,
  addressesOf,
  contentType: (path) => (path === LIST_PATH ? 'application/json' : 'application/octet-stream'),
  /** Nothing that installs such files has a configuration. */
  clientConfiguration: () => [],
};

function addressesOf(definition: RepositoryDefinition, path: string): readonly URL[] {
  for (const file of definition.files ?? []) {
    try {
      const place = placeOf(file, definition.uris);
      if (place.path === path) return place.addresses;
    } catch (error) {
      // It was never frozen, so it is not the one that is asked for.
      if (!(error instanceof ContentFault)) throw error;
    }
  }
  return [];
}
