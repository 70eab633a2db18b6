// The hold on a JavaScript array whose memory a tensor shares. The compiler is given this file before tfjs's own sources; it takes the place of
// their napi_auto_ref.h, whose guard it sets.
//
// TensorFlow drops a tensor's memory wherever its last user happens to be: what was written into a variable is often dropped by a thread of its
// own, which applies the first update. The original lets go of the array right there. No thread but JavaScript's may do that: two at once break
// Node's list of references, and the process dies of it sooner or later. Here another thread only notes what can be let go, and the next tensor
// that JavaScript makes lets it go.
#ifndef TF_NODEJS_NAPI_AUTO_REF_H_
#define TF_NODEJS_NAPI_AUTO_REF_H_

#include <node_api.h>

#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "utils.h"

namespace tfnodejs {

// One for each JavaScript thread that makes tensors; it outlives the thread for as long as a tensor knows it.
class Releases {
 public:
  // Called on the environment's own thread.
  static std::shared_ptr<Releases> Of(napi_env env) {
    // Never taken apart: threads of TensorFlow may still be at work when the process ends.
    static auto &guard = *new std::mutex();
    static auto &known = *new std::map<napi_env, std::weak_ptr<Releases>>();
    const std::lock_guard<std::mutex> lock(guard);
    auto releases = known[env].lock();
    if (releases == nullptr || releases->closed()) {
      releases = std::make_shared<Releases>(env);
      known[env] = releases;
      napi_add_env_cleanup_hook(env, &Releases::Close, new std::shared_ptr<Releases>(releases));
    }
    return releases;
  }

  explicit Releases(napi_env env) : env_(env), thread_(std::this_thread::get_id()) {}

  napi_status Release(napi_ref reference) {
    const std::lock_guard<std::mutex> lock(guard_);
    // With its environment gone, Node has let go of everything by itself.
    if (closed_) return napi_ok;
    if (std::this_thread::get_id() == thread_) return napi_delete_reference(env_, reference);
    waiting_.push_back(reference);
    return napi_ok;
  }

  // Called on the environment's own thread.
  void ReleaseWaiting() {
    std::vector<napi_ref> references;
    {
      const std::lock_guard<std::mutex> lock(guard_);
      references.swap(waiting_);
    }
    for (napi_ref reference : references) napi_delete_reference(env_, reference);
  }

 private:
  static void Close(void *argument) {
    std::unique_ptr<std::shared_ptr<Releases>> releases(static_cast<std::shared_ptr<Releases> *>(argument));
    (*releases)->ReleaseWaiting();
    const std::lock_guard<std::mutex> lock((*releases)->guard_);
    (*releases)->closed_ = true;
  }

  bool closed() {
    const std::lock_guard<std::mutex> lock(guard_);
    return closed_;
  }

  const napi_env env_;
  const std::thread::id thread_;
  std::mutex guard_;
  bool closed_ = false;
  std::vector<napi_ref> waiting_;
};

class NapiAutoRef {
 public:
  napi_status Init(napi_env env, napi_value value) {
    releases_ = Releases::Of(env);
    releases_->ReleaseWaiting();
    return napi_create_reference(env, value, 1, &reference_);
  }

  napi_status Cleanup() {
    if (reference_ == nullptr) return napi_invalid_arg;
    const napi_ref reference = reference_;
    reference_ = nullptr;
    return releases_->Release(reference);
  }

 private:
  std::shared_ptr<Releases> releases_;
  napi_ref reference_ = nullptr;
};

}  // namespace tfnodejs

#endif  // TF_NODEJS_NAPI_AUTO_REF_H_
