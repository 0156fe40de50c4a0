/* The calls of the stand-in library about health, processes and MIG. */

#include "nvml.h"

/* -- health ---------------------------------------------------------------------------------- */

int nvmlDeviceGetTemperature(device_t device, unsigned sensor, unsigned *celsius) {
    BEGIN(CALL_TEMPERATURE);
    if (sensor) return INVALID_ARGUMENT;
    return *celsius = board->temperature, SUCCESS;
}

int nvmlDeviceGetTemperatureV(device_t device, unsigned *versioned) {
    BEGIN(CALL_TEMPERATURE);
    return versioned[2] = board->temperature, SUCCESS;
}

int nvmlDeviceGetClockInfo(device_t device, unsigned type, unsigned *clock) {
    BEGIN(CALL_CLOCK);
    if (type > 3) return INVALID_ARGUMENT;
    return *clock = board->clock, SUCCESS;
}

int nvmlDeviceGetMaxClockInfo(device_t device, unsigned type, unsigned *clock) {
    BEGIN(CALL_CLOCK);
    if (type > 3) return INVALID_ARGUMENT;
    return *clock = board->clock_maximum, SUCCESS;
}

int nvmlDeviceGetUtilizationRates(device_t device, unsigned *rates) {
    BEGIN(CALL_UTILIZATION);
    if (board->mig_count) return NOT_SUPPORTED;
    rates[0] = board->utilization;
    rates[1] = board->utilization / 2;
    return SUCCESS;
}

int nvmlDeviceGetCurrentClocksEventReasons(device_t device, unsigned long long *reasons) {
    BEGIN(CALL_THROTTLE);
    int64_t now = trace_now();
    *reasons = 0;
    for (size_t i = 0; i < board->throttled_count; i++)
        if (board->throttled[i].start <= now && now < board->throttled[i].stop)
            *reasons |= board->throttled[i].mask;
    return SUCCESS;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(device_t device, unsigned long long *reasons) {
    return nvmlDeviceGetCurrentClocksEventReasons(device, reasons);
}

int nvmlDeviceGetMemoryInfo(device_t device, memory_t *info) {
    BEGIN_ANY(CALL_MEMORY);
    info->total = (slice ? slice->memory : board->memory) << 20;
    info->used = 0;
    for (size_t i = 0; !slice && i < board->process_count; i++)
        info->used += board->processes[i].memory << 20;
    info->free = info->total - info->used;
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(device_t device, memory2_t *info) {
    memory_t plain;
    int failure = nvmlDeviceGetMemoryInfo(device, &plain);
    if (failure) return failure;
    info->total = plain.total;
    info->reserved = 0;
    info->free = plain.free;
    info->used = plain.used;
    return SUCCESS;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, unsigned *count, process_t *infos) {
    BEGIN(CALL_PROCESSES);
    unsigned room = *count;
    *count = (unsigned)board->process_count;
    if (room < *count) return INSUFFICIENT_SIZE;
    for (unsigned i = 0; i < *count; i++)
        infos[i] = (process_t){board->processes[i].pid, board->processes[i].memory << 20, ~0u, ~0u};
    return SUCCESS;
}
int nvmlDeviceGetComputeRunningProcesses_v2(device_t device, unsigned *count, process_t *infos) {
    return nvmlDeviceGetComputeRunningProcesses_v3(device, count, infos);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t device, unsigned *count, process_t *infos) {
    (void)infos;
    BEGIN(CALL_PROCESSES);
    return *count = 0, SUCCESS;
}

/* -- MIG ------------------------------------------------------------------------------------- */

int nvmlDeviceGetMigMode(device_t device, unsigned *current, unsigned *pending) {
    BEGIN(CALL_MIG);
    return *current = *pending = board->mig_count > 0, SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(device_t device, unsigned *count) {
    BEGIN(CALL_MIG);
    return *count = board->mig_count ? MAX_SLICES : 0, SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(device_t device, unsigned index, device_t *slice) {
    BEGIN(CALL_MIG);
    if (index >= board->mig_count) return NOT_FOUND;
    return *slice = &board->mig[index], SUCCESS;
}

int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(device_t device, device_t *parent) {
    BEGIN_ANY(CALL_MIG);
    if (!slice) return INVALID_ARGUMENT;
    return *parent = board, SUCCESS;
}

int nvmlDeviceIsMigDeviceHandle(device_t device, unsigned *answer) {
    BEGIN_ANY(CALL_MIG);
    return *answer = slice != NULL, SUCCESS;
}

int nvmlDeviceGetGpuInstanceId(device_t device, unsigned *id) {
    BEGIN_ANY(CALL_MIG);
    if (!slice) return NOT_SUPPORTED;
    return *id = (unsigned)(slice - board->mig) + 1, SUCCESS;
}
int nvmlDeviceGetComputeInstanceId(device_t device, unsigned *id) {
    BEGIN_ANY(CALL_MIG);
    if (!slice) return NOT_SUPPORTED;
    return *id = 0, SUCCESS;
}

int nvmlDeviceGetAttributes_v2(device_t device, attributes_t *attributes) {
    BEGIN_ANY(CALL_MIG);
    if (!slice) return NOT_SUPPORTED;
    *attributes = (attributes_t){.multiprocessors = 16 * slice->slices, .gpu_slices = slice->slices,
                                 .compute_slices = slice->slices, .memory = slice->memory};
    return SUCCESS;
}
