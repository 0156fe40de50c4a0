"""Every quantity name of the toolkit: its canonical unit and one sentence.

One name, one meaning, one unit, everywhere: the key in YAML, the parameter of a
formula and the heading of a column. The unit aliases below annotate formulas; the
audit in ``tests/test_units_audit.py`` holds each parameter's alias against this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Number = float | NDArray[np.float64]

Ratio = Annotated[Number, ""]
Kilowatt = Annotated[Number, "kW"]
Hour = Annotated[Number, "h"]
HourPerYear = Annotated[Number, "h/year"]
Year = Annotated[Number, "year"]
KilowattHour = Annotated[Number, "kWh"]
KilowattHourPerSquareCentimeter = Annotated[Number, "kWh/cm2"]
Kilogram = Annotated[Number, "kg"]
KilogramPerGigabyte = Annotated[Number, "kgCO2e/GB"]
KilogramCO2e = Annotated[Number, "kgCO2e"]
KilogramCO2ePerHour = Annotated[Number, "kgCO2e/h"]
KilogramCO2ePerKilowattHour = Annotated[Number, "kgCO2e/kWh"]
KilogramCO2ePerSquareCentimeter = Annotated[Number, "kgCO2e/cm2"]
KilogramCO2ePerKilogram = Annotated[Number, "kgCO2e/kg"]
KilogramCO2ePerKilogramKilometer = Annotated[Number, "kgCO2e/(kg*km)"]
SquareCentimeter = Annotated[Number, "cm2"]
Centimeter = Annotated[Number, "cm"]
PerSquareCentimeter = Annotated[Number, "1/cm2"]
Gigabyte = Annotated[Number, "GB"]
GigabytePerSquareCentimeter = Annotated[Number, "GB/cm2"]
Kilometer = Annotated[Number, "km"]
Liter = Annotated[Number, "L"]
LiterPerKilowattHour = Annotated[Number, "L/kWh"]
LiterPerHour = Annotated[Number, "L/h"]
Flop = Annotated[Number, "flop"]
FlopPerHour = Annotated[Number, "flop/h"]
Token = Annotated[Number, "token"]
FlopPerToken = Annotated[Number, "flop/token"]
TokenPerHour = Annotated[Number, "token/h"]
GigabytePerHour = Annotated[Number, "GB/h"]
KilowattHourPerGigabyte = Annotated[Number, "kWh/GB"]
KilowattPerGigabyte = Annotated[Number, "kW/GB"]
KilowattHourPerToken = Annotated[Number, "kWh/token"]
Request = Annotated[Number, "request"]
RequestPerHour = Annotated[Number, "request/h"]
TokenPerRequest = Annotated[Number, "token/request"]
KilowattHourPerRequest = Annotated[Number, "kWh/request"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A quantity name, its canonical unit and what it means."""

    name: str
    unit: str
    sentence: str


_TABLE = """
utilization | | share of powered time in which a device is busy
idle_fraction | | power of an idle device over its thermal design power
busy_fraction | | mean power of a busy device over its thermal design power
thermal_design_power | kW | rated maximum sustained power of one device
idle_power | kW | power of one device that is powered and has no work
busy_power | kW | mean power of one device while it works
device_power | kW | power of one device averaged over idle and busy time
occupancy | | share of a device's life in which its hours are sold or used
host_power | kW | power of a host without its accelerators
host_share | | share of a host that one device uses
shared_host_power | kW | power of a host borne by one device that uses it
powered_time | h | time a device is switched on
powered_time_per_year | h/year | time a device is switched on in a year
it_energy | kWh | electricity drawn by IT equipment, before the facility's overhead
facility_energy | kWh | electricity drawn by the facility for the IT equipment, overhead included
overhead_energy | kWh | electricity drawn by cooling and power distribution: facility energy less IT energy
pue | | power usage effectiveness: facility energy over IT energy
wue | L/kWh | water usage effectiveness: on-site water per IT energy
grid_water_intensity | L/kWh | water consumed to generate electricity, per facility energy
on_site_water | L | water consumed at the facility
off_site_water | L | water consumed to generate the facility's electricity
on_site_water_rate | L/h | water consumed at the facility for one device per hour
off_site_water_rate | L/h | water consumed to generate one device's electricity per hour
grid_intensity | kgCO2e/kWh | emissions per electricity, of the type its factor states
residual_intensity | kgCO2e/kWh | emissions per electricity left after contracted volumes
contract_intensity | kgCO2e/kWh | emissions per electricity bought under a contract
contract_share | | share of electricity covered by a contract
market_intensity | kgCO2e/kWh | emissions per electricity on the market-based account
source_intensity | kgCO2e/kWh | life-cycle emissions per electricity of one generation source
source_share | | share of a generation source in a region's electricity
trajectory_index | | intensity of a year over the intensity of the base year
projected_intensity | kgCO2e/kWh | emissions per electricity in a later year
upstream_intensity | kgCO2e/kWh | emissions per electricity before generation: the life-cycle floor
annual_decline | | share by which an intensity falls each year
yearly_saving | kgCO2e | emissions that one year would save at the grid intensity of its first day
annual_growth | | share by which a price rises each year; negative where it falls
discount_rate | | share by which money of a later year is worth less, per year
discount_factor | | worth of money of a year in the base year
elapsed_periods | | years since a base year, as a plain count
elapsed_share | | share of the way from one given year to the next
first_index | | index of the given year before
second_index | | index of the given year after
transmission_loss | | share of generated electricity lost before it is delivered
loss_energy | kWh | electricity generated but lost on the way to the facility
operation_footprint | kgCO2e | emissions of electricity used
operation_footprint_rate | kgCO2e/h | emissions of one device per hour it is switched on
overhead_footprint_rate | kgCO2e/h | emissions of facility overhead for one device per hour
loss_footprint_rate | kgCO2e/h | emissions of grid loss for one device per hour
die_area | cm2 | area of one silicon die
die_count | | dies of one kind in a device
wafer_diameter | cm | diameter of a wafer
edge_exclusion | cm | unusable ring at the edge of a wafer
kerf | cm | width lost between neighboring dies
defect_density | 1/cm2 | defects per wafer area
yield_alpha | | clustering parameter of the negative-binomial yield model
die_yield | | share of dies without defect
sellable_share | | share of dies that can be sold, harvested ones included
harvest_share | | share of defective dies that are sold with units disabled
dies_per_wafer | | whole dies on a wafer
effective_die_area | cm2 | wafer area used up for one good die, edge loss and yield included
wafer_carbon_per_area | kgCO2e/cm2 | emissions per processed wafer area, before yield
logic_carbon_per_area | kgCO2e/cm2 | emissions per area of good logic die, yield included
energy_per_area | kWh/cm2 | fab electricity per processed wafer area
fab_grid_intensity | kgCO2e/kWh | emissions per electricity at the fab
gas_per_area | kgCO2e/cm2 | direct process-gas emissions per processed wafer area
material_per_area | kgCO2e/cm2 | emissions of materials per processed wafer area
package_count | | packaged integrated circuits of a device
carbon_per_package | kgCO2e | emissions of packaging one integrated circuit
memory_carbon_per_area | kgCO2e/cm2 | emissions per die area of memory or flash, yield included
memory_wafer_carbon_per_area | kgCO2e/cm2 | emissions per processed memory wafer area, before yield
memory_package_count | | packages that hold a device's memory
memory_die_area | cm2 | die area of the memory in one package, stacked dies added up
effective_memory_area | cm2 | wafer area used up for the memory of one package
memory_capacity | GB | memory of a device
storage_capacity | GB | storage of a device
carbon_per_capacity | kgCO2e/GB | emissions of manufacture per capacity of memory or storage
bit_density | GB/cm2 | capacity per die area of a memory technology
layer_count | | stacked dies of a memory package
layer_yield | | share of stacking steps that succeed
stack_yield | | share of memory stacks without a failed stacking step
device_mass | kg | mass of one device with its share of a baseboard
server_mass | kg | mass of a server without its accelerators
power_supply_mass | kg | mass of the power supplies of a server
casing_mass | kg | mass of the casing of a card
heatsink_mass | kg | mass of the heat sink of a card
board_area | cm2 | area of the printed circuit board of a device
base_footprint | kgCO2e | emissions of the parts of a component that do not grow with its die area
board_carbon_per_area | kgCO2e/cm2 | emissions per area of printed circuit board
casing_carbon_per_mass | kgCO2e/kg | emissions of a card's casing per mass of casing
heatsink_carbon_per_mass | kgCO2e/kg | emissions of a card's heat sink per mass of heat sink
power_supply_carbon_per_mass | kgCO2e/kg | emissions of power supplies per mass
upstream_carbon_per_mass | kgCO2e/kg | emissions of moving parts to assembly per mass of device
thermal_carbon_per_mass | kgCO2e/kg | emissions of heat sinks and cold plates per mass of module
board_carbon_per_mass | kgCO2e/kg | emissions of board, connectors and assembly per mass of module
chassis_carbon_per_mass | kgCO2e/kg | emissions of chassis, power supplies and fans per mass of server
model_residual | | what a model leaves unexplained for one device: a factor around one
family_factor | | what a model leaves unexplained for a family of technologies: a factor around one
manufacture_footprint | kgCO2e | emissions of making one device, from cradle to gate
logic_footprint | kgCO2e | emissions of the logic dies of a device
memory_footprint | kgCO2e | emissions of the memory of a device
storage_footprint | kgCO2e | emissions of the storage of a server
thermal_footprint | kgCO2e | emissions of the thermal parts of a device
board_footprint | kgCO2e | emissions of board, connectors and assembly of a device
chassis_footprint | kgCO2e | emissions of chassis, power supplies and fans of a server
packaging_footprint | kgCO2e | emissions of packaging the integrated circuits of a device
published_footprint | kgCO2e | a footprint as published
device_count | | devices that share one published footprint
shared_footprint | kgCO2e | one device's share of a footprint published for several
power_supply_footprint | kgCO2e | emissions of the power supplies of a server
upstream_transport_footprint | kgCO2e | emissions of moving parts to assembly
transport_distance | km | distance a device travels by one mode
freight_intensity | kgCO2e/(kg*km) | emissions of moving one kilogram over one kilometer
packaging_ratio | | shipped mass over net mass
transport_footprint | kgCO2e | emissions of moving one device
treatment_intensity | kgCO2e/kg | emissions of treating scrapped equipment
disposal_intensity | kgCO2e/kg | emissions of disposing of equipment that is not collected
recycling_intensity | kgCO2e/kg | emissions of recycling collected equipment
virgin_intensity | kgCO2e/kg | emissions of the primary material that recycling avoids
recovered_share | | share of collected mass recovered as material
collected_share | | share of scrapped mass that is collected for treatment
reused_share | | share of devices that get a second life
e_waste | kg | mass of one device that is scrapped and not used again
treatment_footprint | kgCO2e | emissions of treating what is collected of one scrapped device
quality_ratio | | quality of recovered over primary material
allocation_factor | | the A of the Circular Footprint Formula: burden share of the supplier of scrap
recycled_content | | share of a device made of recycled material
end_of_life_footprint | kgCO2e | emissions of treating one scrapped device
recovery_credit | kgCO2e | emissions avoided by recovered material: a negative number
recycled_content_footprint | kgCO2e | recycled less primary material: a saving is negative
lifetime | year | time from first use to end of life
lifetime_hours | h | hours of use from first use to end of life
period | year | length of the stretch of time that is accounted for
peak_rate | flop/h | peak performance of one device at a stated precision
flop_utilization | | model FLOPs done over peak FLOPs while busy
work | flop | floating-point operations done
busy_time | h | time a device works on a task
active_parameters | | parameters of an AI model that work on one token
matrix_parameters | | weights that multiply each token: no look-up tables, norms or biases
reference_parameters | | active parameters of the AI model that a relation to size is centered on
transformer_layers | | layers with attention of an AI model
attention_width | | query heads times the width of a head
sequence_length | | tokens of a training sequence, as a plain count
training_tokens | token | tokens that a training run passes, repetitions included
flop_per_weight | flop/token | operations per weight and token
flop_per_score | flop/token | operations of attention per layer, channel and attended place
weight_flop_per_token | flop/token | operations with weights per token
attention_flop_per_token | flop/token | operations of attention per token
adapter_flop_per_token | flop/token | operations with adapter weights per token
training_flop | flop | operations of one training run
rule_residual | | exact over estimated operations of a training run
reference_flop_utilization | | utilization of a whole training run of an AI model of reference size
size_exponent | | power of the size of an AI model that utilization grows with
utilization_residual | | what size leaves unexplained of the utilization of one training run: a factor around one
step_flop_utilization | | model FLOPs of a training step over peak FLOPs of its time
whole_run_flop_utilization | | model FLOPs of a training run over peak FLOPs of all its device hours
effective_training_share | | share of a run's device hours spent in training steps that count
precision_speedup | | training speed at a lower precision over that at 16 bits
accelerator_energy | kWh | electricity drawn by accelerators alone
it_over_accelerator | | electricity of all IT equipment over that of its accelerators
development_factor | | energy of a whole training program over that of its final run
throughput | token/h | tokens served by one device while busy
served_tokens | token | tokens that are served
transferred_data | GB | data moved over a network
stored_data | GB | data kept, each byte counted once
reference_transfer_intensity | kWh/GB | electricity of a network per data moved, in the year of the publication
transfer_intensity | kWh/GB | electricity of a network per data moved through it
elapsed_time | year | time since the year a value was published for
halving_time | year | time in which a value falls to a half
transferred_energy | kWh | electricity of a network for the data moved through it
copy_count | | copies that are kept of stored data
fill_share | | share of bought storage capacity that holds data
provisioned_capacity | GB | storage capacity that stands for data: copies and free space included
power_per_capacity | kW/GB | power of storage devices per capacity, without their server
storage_overhead | | power of storage devices with their servers over that of the devices alone
storage_power | kW | power of the storage that stands for data
core_count | | cores of a processor
core_power | kW | power of a processor per core that works
core_time | h | time that processor cores work, added up over cores
core_energy | kWh | electricity of processor cores at work
request_rate | request/h | requests that arrive in an hour
tokens_per_request | token/request | tokens served for one request
mean_demand | token/h | tokens asked for in an hour, averaged over a year
demand_growth | | growth of demand from one year to the next
peak_ratio | | demand of the busiest hour over mean demand
peak_demand | token/h | tokens asked for in the busiest hour
replica_throughput | token/h | tokens served by one whole copy of a model while busy
maximum_utilization | | share of its throughput that a service may be loaded with in its busiest hour
slot_count | | sequences that one replica serves at the same time at most
offered_load | | sequences in flight in the busiest hour if none had to wait
staffing_margin | | slots beyond the offered load, in units of its square root
staffed_slots | | slots that keep waiting within the target in the busiest hour
replica_count | | whole copies of a model that serve it
spare_replicas | | replicas kept beyond what the load needs
spare_share | | replicas kept beyond what the load needs, as a share of those
devices_per_replica | | devices that hold and run one replica
provisioned_devices | | devices that stand ready for a service
weight_memory | GB | memory of the weights of a model
sequence_memory | GB | memory of the key-value cache of one sequence in flight
usable_share | | share of a device's memory that weights and caches may take
replica_memory | GB | memory that weights and caches of one replica take
latency | h | time from the arrival of a request to its last token
replica_demand | token/h | tokens asked of one replica in an hour
step_tokens | token | tokens that a sequence gains in one step of decoding
fixed_energy | kWh | electricity spent once, whatever is served afterwards
energy_per_request | kWh/request | electricity of serving one request
teacher_logit_energy | kWh | electricity of running a teacher model on the data a student learns from
student_training_energy | kWh | electricity of training a student model
teacher_energy_per_request | kWh/request | electricity of serving one request with the teacher
student_energy_per_request | kWh/request | electricity of serving one request with the student
break_even_count | request | requests after which energy per request has overtaken energy spent once
step_time | h | time of one step of decoding: each sequence in flight gains a token
memory_bandwidth | GB/h | rate at which one device reads its memory
bandwidth_efficiency | | rate of reading over rated memory bandwidth
total_parameters | | parameters of an AI model, those of all experts included
always_active_share | | share of active parameters that every token uses: all but chosen experts
touched_parameters | | parameters that one step of decoding reads
parameter_width | GB | memory of one parameter at a precision
weight_traffic | GB | weights that one step of decoding reads from memory
cache_width | GB | key-value cache of one token of context for an AI model of reference size
cache_exponent | | power of the size of an AI model that its key-value cache grows with
cache_traffic | GB | key-value caches that one step of decoding reads from memory
memory_traffic | GB | bytes that the devices of a replica read from memory
prompt_length | | tokens of a prompt, as a plain count
output_length | | tokens of an answer, as a plain count
memory_time | h | time of reading from memory
read_time | h | time of one step in which devices read weights and caches
compute_efficiency | | operations done over peak rate while multiplying
compute_time | h | time of multiplying
decode_compute_time | h | time of one step in which devices multiply for its tokens
reference_launch_time | h | launch time of a dense 16-bit AI model of reference size
launch_exponent | | power of the size of an AI model that its launch time grows with
launch_ratio | | launch time over that of the reference: software, device, experts, precision
sequence_time | h | time that each sequence of a batch adds to a step
launch_time | h | time of one step in which devices wait for the program that drives them
round_time | h | time of the exchanges of a step for each doubling of the devices
exchange_time | h | time to move what one sequence exchanges, for an AI model of reference size
exchange_exponent | | power of the size of an AI model that the exchanged data grow with
communication_time | h | time of one step in which devices exchange results
data_parallel | | copies of the attention layers among which sequences are divided
data_parallel_exponent | | power of those copies that the time of reading prompts grows with
prefill_share | | share of serving time in which prompts are read
prefill_time | h | time of reading prompts, spread over the steps of the answers
preparation_time | h | time that one request blocks a replica before its prompt is read
request_time | h | time of preparing requests, spread over the steps of the answers
pipeline_ratio | | step time with an AI model split into stages over that without
static_fraction | | power a serving device draws all the time, over rated power
memory_fraction | | further power of a device while it reads memory, over rated power
compute_fraction | | further power of a device while it multiplies, over rated power
waiting_fraction | | further power of a device while it waits, over rated power
power_ratio | | power over that of the reference device and software
cap_sharpness | | how suddenly rated power limits a load
serving_fraction | | mean power of a serving device over its rated power
energy_per_token | kWh/token | electricity of a replica's devices for one output token
energy_residual | | measured over modelled energy: a factor around one
power_residual | | measured over modelled power: a factor around one
time_residual | | measured over modelled time: a factor around one
weight_time | h | time of one step in which devices read weights
cache_time | h | time of one step in which devices read key-value caches
reference_energy | kWh | electricity of one image of reference size, model and steps
parameter_exponent | | power of the active parameters that the energy of an output grows with
denoising_steps | | steps of a diffusion model from noise to output
reference_steps | | denoising steps of the reference output
step_exponent | | power of the denoising steps that the energy of an output grows with
output_pixels | | height times width of an image or video
reference_pixels | | height times width of the reference output
pixel_exponent | | power of the pixels that the energy of an output grows with
output_frames | | frames of a video; one for an image
frame_exponent | | power of the frames that the energy of an output grows with
batch_exponent | | power of the batch that the energy of an output grows with
device_exponent | | power of the device count that the energy of an output grows with
condition_ratio | | energy of an output over that under the reference conditions
batch | | sequences that a replica serves at the same time
"""

VOCABULARY: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(*(part.strip() for part in line.split("|", 2)))
        for line in _TABLE.strip().splitlines()
    )
}

HOURS_PER_YEAR = 8766.0
"""Hours of a mean calendar year (365.25 days): the only place this number is written."""
