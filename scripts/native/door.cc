// The door to the binding. TensorFlow prints start-up notes (oneDNN, CPU features, CUDA factories) while its libraries are being loaded,
// before any of its settings can be heard. This small addon loads the real binding with the error stream closed for that moment only;
// TF_CPP_MIN_LOG_LEVEL=0 leaves it open. What cannot be loaded is reported as an error with the loader's own words.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

class HushedErrorStream {
 public:
  HushedErrorStream() {
    const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
    if (level != nullptr && std::string(level) == "0") return;
    saved_ = dup(STDERR_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY);
    if (saved_ >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0) close(nowhere);
  }
  ~HushedErrorStream() {
    if (saved_ < 0) return;
    dup2(saved_, STDERR_FILENO);
    close(saved_);
  }

 private:
  int saved_ = -1;
};

std::string OwnFolder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&OwnFolder), &info) == 0 || info.dli_fname == nullptr) return ".";
  const std::string file = info.dli_fname;
  const auto slash = file.find_last_of('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

using Register = napi_value (*)(napi_env, napi_value);

}  // namespace

NAPI_MODULE_INIT() {
  const HushedErrorStream hushed;
  void* library = dlopen((OwnFolder() + "/tfjs_tensorflow.node").c_str(), RTLD_NOW | RTLD_LOCAL);
  auto start = library == nullptr ? nullptr : reinterpret_cast<Register>(dlsym(library, "napi_register_module_v1"));
  if (start == nullptr) {
    const char* reason = dlerror();
    napi_throw_error(env, "ERR_TENSORFLOW", reason == nullptr ? "the binding cannot be loaded" : reason);
    return nullptr;
  }
  return start(env, exports);
}
