import {expect, test} from 'vitest'

import {clusterSchema} from '../../src/config/documents/cluster-document.ts'

test('the schema for editors is the one of our document', async () => {
  await expect(`${JSON.stringify(clusterSchema(), undefined, 2)}\n`).toMatchFileSnapshot('golden/cluster.schema.json')
})
