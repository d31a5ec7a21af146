type ByHand = 'MAC address' | 'product_uuid'

/** By the output of systemd-detect-virt. Every step needs the machine powered off. */
const WAYS: Readonly<Record<string, Readonly<Record<ByHand, string>>>> = {
  oracle: {
    'MAC address': 'VBoxManage modifyvm VM --macaddress1 auto (and 2 for its second card)',
    product_uuid: 'VBoxManage modifyvm VM --hardware-uuid "$(uuidgen)"',
  },
  vmware: {
    'MAC address': 'Settings, Network Adapter, Advanced, Generate',
    product_uuid: "take uuid.bios out of its .vmx and answer 'I copied it' at the next start",
  },
  kvm: {
    'MAC address': 'virsh edit it and take the <mac> lines of its interfaces out (virt-clone does that by itself)',
    product_uuid: 'define it again without its <uuid> line (virt-clone does that by itself)',
  },
  microsoft: {
    'MAC address': 'Set-VMNetworkAdapter -VMName VM -DynamicMacAddress',
    product_uuid: 'import it again as a copy with a new ID',
  },
}

const WHERE: Readonly<Record<string, string>> = {
  oracle: 'in VirtualBox',
  vmware: 'in VMware',
  kvm: 'in libvirt',
  qemu: 'in libvirt',
  microsoft: 'in Hyper-V',
}

/** How to give a machine an identity that only its hypervisor can set. */
export function hypervisorSteps(shared: readonly {readonly name: string}[], virtualization: string): readonly string[] {
  const ways = WAYS[virtualization === 'qemu' ? 'kvm' : virtualization]
  const where = WHERE[virtualization] ?? 'in its hypervisor'
  return shared.flatMap(({name}) => {
    if (name !== 'MAC address' && name !== 'product_uuid') return []
    const what = name === 'MAC address' ? 'give its network card a unique MAC address' : 'give it a unique UUID'
    return [`power it off and ${what} ${where}${ways === undefined ? '' : `: ${ways[name]}`}`]
  })
}
