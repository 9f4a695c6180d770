import { useQuery } from '@tanstack/react-query';
import { organisationsQuery } from '../../api/organisation-queries.ts';
import { sessionQuery } from '../../api/queries.ts';
import { SelectField } from './fields.tsx';
import { useField } from './form-context.ts';

const PATH = ['clients'];

/** Whether clients follow it too; nothing in an organisation without any, unless the policy says something of them. */
export function ClientsField() {
  const organisations = useQuery(organisationsQuery).data?.items ?? [];
  const here = useQuery(sessionQuery).data?.organisation.id;
  const { value } = useField(PATH);
  if (value === undefined && !organisations.some(({ parentId }) => parentId === here)) return null;
  return (
    <SelectField
      path={PATH}
      label="Clients"
      description="A new version holds there at once"
      unsaid="do not follow it"
      options={[
        { value: 'inherit', label: 'follow it after policies of their own' },
        { value: 'enforced', label: 'follow it before policies of their own' },
      ]}
    />
  );
}
