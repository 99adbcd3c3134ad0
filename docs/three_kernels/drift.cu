// Particles drift for one time step. Memory is all there is to it: 6 FLOPs for 36 bytes.
#include <cuda_runtime.h>

#include <stdexcept>
#include <vector>

struct Particle {
    float x, y, z;
    float vx, vy, vz;
    float mass;  // not needed here, and 28 bytes are no multiple of anything
};

// Before: an array of structures. Neighbouring lanes are 28 bytes apart.
__global__ void drift_structures(Particle* p, float dt, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    p[i].x += dt * p[i].vx;
    p[i].y += dt * p[i].vy;
    p[i].z += dt * p[i].vz;
}

// After: an array for each component, position[c * n + i].
__global__ void drift_arrays(float* position, const float* velocity, float dt, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    for (int c = 0; c < 3; ++c) position[c * n + i] += dt * velocity[c * n + i];
}

static void require(bool ok) {
    if (!ok) throw std::runtime_error("a particle is in the wrong place");
}

void run() {
    const int n = 100'000, threads = 256, blocks = (n + threads - 1) / threads;
    const float dt = 0.25f;
    std::vector<Particle> p(n);
    std::vector<float> position(3 * n), velocity(3 * n);
    for (int i = 0; i < n; ++i) {
        p[i] = {float(i % 97), float(i % 89), float(i % 83), float(i % 13), float(i % 11), float(i % 7), 1.0f};
        position[i] = p[i].x, position[n + i] = p[i].y, position[2 * n + i] = p[i].z;
        velocity[i] = p[i].vx, velocity[n + i] = p[i].vy, velocity[2 * n + i] = p[i].vz;
    }
    Particle* device_p;
    float *device_position, *device_velocity;
    cudaMalloc(&device_p, n * sizeof(Particle));
    cudaMalloc(&device_position, 3 * n * sizeof(float));
    cudaMalloc(&device_velocity, 3 * n * sizeof(float));
    cudaMemcpy(device_p, p.data(), n * sizeof(Particle), cudaMemcpyHostToDevice);
    cudaMemcpy(device_position, position.data(), 3 * n * sizeof(float), cudaMemcpyHostToDevice);
    cudaMemcpy(device_velocity, velocity.data(), 3 * n * sizeof(float), cudaMemcpyHostToDevice);

    drift_structures<<<blocks, threads>>>(device_p, dt, n);
    drift_arrays<<<blocks, threads>>>(device_position, device_velocity, dt, n);
    require(cudaDeviceSynchronize() == cudaSuccess);

    cudaMemcpy(p.data(), device_p, n * sizeof(Particle), cudaMemcpyDeviceToHost);
    cudaMemcpy(position.data(), device_position, 3 * n * sizeof(float), cudaMemcpyDeviceToHost);
    for (int i = 0; i < n; ++i) {
        float x = float(i % 97) + dt * float(i % 13), y = float(i % 89) + dt * float(i % 11),
              z = float(i % 83) + dt * float(i % 7);
        require(p[i].x == x && p[i].y == y && p[i].z == z && p[i].mass == 1.0f);  // all exact in binary
        require(position[i] == x && position[n + i] == y && position[2 * n + i] == z);
    }
    cudaFree(device_p), cudaFree(device_position), cudaFree(device_velocity);
}
