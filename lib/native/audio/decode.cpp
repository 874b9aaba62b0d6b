// Decoding over FFmpeg's libraries, and mp3 in free format over mpg123, as C functions for HitSong.Audio.
//
// Positions are counted in samples from the first one a player plays: encoder delay and padding that the file declares
// (LAME tag, edit list, Opus pre-skip) are trimmed by FFmpeg and do not count.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <mpg123.h>

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

constexpr int MESSAGE_SIZE = 512;
constexpr int MIN_RATE = 1000, MAX_RATE = 768000, MAX_CHANNELS = 64;
constexpr int64_t LONGEST_READ = 1 << 29; // samples, 2 GB; a few bytes of FLAC can unfold into hours
constexpr size_t LONGEST_TAGS = 1 << 20; // bytes
constexpr size_t LARGEST_BLOCK = 256u << 20; // bytes; a damaged tag can claim to be 2 GB long, and FFmpeg believes it

enum ChannelMode { MEAN = 0, FIRST = 1, SECOND = 2, DOWNMIX = 3 };

struct Failure {
    char message[MESSAGE_SIZE];
    explicit Failure(const char *format, ...) __attribute__((format(printf, 2, 3))) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
    }
};

template <auto Free> struct Freeing {
    template <typename T> void operator()(T *object) const { Free(&object); }
};
struct Mpg123Freeing {
    void operator()(mpg123_handle *handle) const { mpg123_delete(handle); }
};
using Mpg123 = std::unique_ptr<mpg123_handle, Mpg123Freeing>;
using Format = std::unique_ptr<AVFormatContext, Freeing<avformat_close_input>>;
using Codec = std::unique_ptr<AVCodecContext, Freeing<avcodec_free_context>>;
using Packet = std::unique_ptr<AVPacket, Freeing<av_packet_free>>;
using Frame = std::unique_ptr<AVFrame, Freeing<av_frame_free>>;

template <typename T> T *allocated(T *object) {
    if (!object) throw std::bad_alloc();
    return object;
}

const char *reason(int error, char (&text)[AV_ERROR_MAX_STRING_SIZE]) {
    av_strerror(error, text, sizeof text);
    return text;
}

// How far before a wanted sample decoding has to begin for that sample to come out as in the whole decode, in seconds;
// negative where only the file's beginning will do.
double preroll(AVCodecID codec) {
    if (codec >= AV_CODEC_ID_FIRST_AUDIO && codec < AV_CODEC_ID_ADPCM_IMA_QT) return 0; // PCM
    switch (codec) {
    case AV_CODEC_ID_FLAC:
    case AV_CODEC_ID_ALAC: return 0;
    case AV_CODEC_ID_VORBIS: return 0.5; // overlaps one block
    // A frame may use bits from up to 511 bytes before it: dozens of frames at the lowest bit rates.
    case AV_CODEC_ID_MP3: return 2;
    // Band energies are predicted from the frame before with a factor below one, so that an unknown past fades out.
    case AV_CODEC_ID_OPUS: return 3;
    // AAC's noise substitution draws from one random sequence through the whole file; of others we know no bound.
    default: return -1;
    }
}

template <typename T> float amplitude(T sample);
template <> float amplitude(uint8_t sample) { return (sample - 128) / 128.0f; }
template <> float amplitude(int16_t sample) { return sample / 32768.0f; }
template <> float amplitude(int32_t sample) { return sample / 2147483648.0f; }
template <> float amplitude(int64_t sample) { return sample / 9223372036854775808.0f; }
template <> float amplitude(float sample) { return sample; }
template <> float amplitude(double sample) { return (float)sample; }

// What each channel counts in ITU-R BS.775's mix of loudspeakers to one, scaled so that together they count 1.
std::vector<float> downmix(const AVChannelLayout &layout) {
    std::vector<float> weights(layout.nb_channels);
    float sum = 0;
    for (int i = 0; i < layout.nb_channels; i++) {
        switch (av_channel_layout_channel_from_index(&layout, i)) {
        case AV_CHAN_FRONT_LEFT: case AV_CHAN_FRONT_RIGHT: weights[i] = (float)M_SQRT1_2; break;
        case AV_CHAN_LOW_FREQUENCY: case AV_CHAN_LOW_FREQUENCY_2: weights[i] = 0; break;
        case AV_CHAN_BACK_LEFT: case AV_CHAN_BACK_RIGHT: case AV_CHAN_BACK_CENTER:
        case AV_CHAN_SIDE_LEFT: case AV_CHAN_SIDE_RIGHT: weights[i] = 0.5f; break;
        default: weights[i] = 1;
        }
        sum += weights[i];
    }
    for (float &weight : weights) weight = sum > 0 ? weight / sum : 1.0f / layout.nb_channels;
    return weights;
}

// Whether samples are planar is known at compile time: then those of a plane lie side by side, and the loops become
// SIMD.
template <typename T, bool planar>
void to_one_channel(const AVFrame *frame, int channels, ChannelMode mode, float *out) {
    int count = frame->nb_samples;
    auto plane = [&](int channel) {
        return (const T *)frame->extended_data[planar ? channel : 0] + (planar ? 0 : channel);
    };
    const int stride = planar ? 1 : channels;
    const T *first = plane(0);
    if (mode == SECOND) {
        if (channels < 2) throw Failure("has one channel; there is no second");
        first = plane(1);
    }
    if (mode == FIRST || mode == SECOND || channels == 1) {
        for (int i = 0; i < count; i++) out[i] = amplitude(first[(size_t)i * stride]);
    } else if (channels == 2) {
        const T *second = plane(1);
        for (int i = 0; i < count; i++)
            out[i] = 0.5f * (amplitude(first[(size_t)i * stride]) + amplitude(second[(size_t)i * stride]));
    } else {
        std::vector<float> weights = mode == DOWNMIX ? downmix(frame->ch_layout) : std::vector<float>(channels, 1);
        std::fill(out, out + count, 0.0f);
        for (int channel = 0; channel < channels; channel++) {
            const T *source = plane(channel);
            for (int i = 0; i < count; i++) out[i] += weights[channel] * amplitude(source[(size_t)i * stride]);
        }
        if (mode == MEAN)
            for (int i = 0; i < count; i++) out[i] /= channels;
    }
}

void to_one_channel(const AVFrame *frame, ChannelMode mode, float *out) {
    auto format = (AVSampleFormat)frame->format;
    int channels = frame->ch_layout.nb_channels;
    switch (format) {
    case AV_SAMPLE_FMT_U8: return to_one_channel<uint8_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_U8P: return to_one_channel<uint8_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S16: return to_one_channel<int16_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S16P: return to_one_channel<int16_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S32: return to_one_channel<int32_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S32P: return to_one_channel<int32_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S64: return to_one_channel<int64_t, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_S64P: return to_one_channel<int64_t, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_FLT: return to_one_channel<float, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_FLTP: return to_one_channel<float, true>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_DBL: return to_one_channel<double, false>(frame, channels, mode, out);
    case AV_SAMPLE_FMT_DBLP: return to_one_channel<double, true>(frame, channels, mode, out);
    default: throw Failure("its samples are of an unknown kind");
    }
}

// What a file begins with, after an ID3v2 tag if it has one.
struct Beginning {
    bool is_tagged = false, is_layer_3 = false;
    bool is_free_format = false; // layer III at a bit rate that its headers do not tell
    bool tells_length = false;   // by LAME's or Xing's header

    explicit Beginning(const char *path) {
        std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "rb"), fclose);
        uint8_t tag[10], header[3];
        if (!file || fread(tag, 1, 10, file.get()) != 10) return;
        is_tagged = !memcmp(tag, "ID3", 3);
        int size_after_header = (tag[6] & 127) << 21 | (tag[7] & 127) << 14 | (tag[8] & 127) << 7 | (tag[9] & 127);
        long size = is_tagged ? 10 + size_after_header : 0;
        if (fseek(file.get(), size, SEEK_SET) || fread(header, 1, 3, file.get()) != 3) return;
        is_layer_3 = header[0] == 0xff && (header[1] & 0xe6) == 0xe2;
        bool knows_rate = (header[2] & 0x0c) != 0x0c;
        is_free_format = is_layer_3 && knows_rate && header[2] >> 4 == 0;
        char side[37];
        size_t there = fread(side, 1, sizeof side, file.get());
        for (size_t at : {10, 18, 33})
            tells_length |= at + 4 <= there && (!memcmp(side + at, "Xing", 4) || !memcmp(side + at, "Info", 4));
    }
};

// An open audio file with its decoder, standing at the first frame.
struct Source {
    // Set for mp3 in free format, which FFmpeg does not decode; then its format, codec and stream are not.
    Mpg123 free_format;
    Format format;
    Codec codec;
    Packet packet{allocated(av_packet_alloc())};
    Frame frame{allocated(av_frame_alloc())};
    AVStream *stream = nullptr;
    int64_t origin = 0;    // timestamp of sample 0
    int rate = 0;          // Hz, of what comes out of the decoder
    int channels = 0;
    bool at_end = false;   // the demuxer has no more packets
    // That a file in free format declares, samples; at its end mpg123 tells what there was instead.
    int64_t free_length = 0;

    explicit Source(const char *path) {
        Beginning beginning(path);
        if (beginning.is_free_format && open_free_format(path, beginning.tells_length)) return;
        av_log_set_level(AV_LOG_QUIET);
        av_max_alloc(LARGEST_BLOCK);
        // "file:" lets any name through as a name; the whitelist keeps playlists from reaching for other files' URLs.
        std::vector<char> url(strlen(path) + 6);
        snprintf(url.data(), url.size(), "file:%s", path);
        AVDictionary *options = nullptr;
        av_dict_set(&options, "protocol_whitelist", "file", 0);
        // Nor for other files: a playlist (HLS, DASH, concat) is no audio.
        av_dict_set(&options, "format_whitelist",
                    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,ogg,"
                    "rm,tak,tta,w64,wav,wv",
                    0);
        AVFormatContext *opened = nullptr;
        // FFmpeg would find it out by trying all of its formats on ever longer pieces of the tag: with a cover picture
        // in it, that takes as long as decoding the song.
        bool is_mp3 = beginning.is_tagged && beginning.is_layer_3;
        const AVInputFormat *known = is_mp3 ? av_find_input_format("mp3") : nullptr;
        int error = avformat_open_input(&opened, url.data(), known, &options);
        av_dict_free(&options);
        char text[AV_ERROR_MAX_STRING_SIZE];
        if (error < 0) throw Failure("is no audio file that FFmpeg knows (%s)", reason(error, text));
        format.reset(opened);
        // Otherwise FFmpeg decodes cover pictures to learn about them, which can take longer than the song.
        for (unsigned i = 0; i < opened->nb_streams; i++) {
            AVCodecParameters *parameters = opened->streams[i]->codecpar;
            if (parameters->codec_type == AVMEDIA_TYPE_AUDIO) continue;
            parameters->codec_type = AVMEDIA_TYPE_DATA;
            parameters->codec_id = AV_CODEC_ID_NONE;
            opened->streams[i]->discard = AVDISCARD_ALL;
        }
        if ((error = avformat_find_stream_info(opened, nullptr)) < 0)
            throw Failure("is no audio file that FFmpeg can read (%s)", reason(error, text));

        const AVCodec *decoder = nullptr;
        int index = av_find_best_stream(opened, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
        if (index == AVERROR_DECODER_NOT_FOUND)
            throw Failure("holds audio of a kind that this FFmpeg has no decoder for");
        if (index < 0) throw Failure("has no audio stream");
        stream = opened->streams[index];
        for (unsigned i = 0; i < opened->nb_streams; i++)
            if ((int)i != index) opened->streams[i]->discard = AVDISCARD_ALL;
        int claimed = stream->codecpar->ch_layout.nb_channels;
        if (claimed > MAX_CHANNELS) throw Failure("claims %d channels; at most %d are read", claimed, MAX_CHANNELS);

        // FFmpeg takes Apple's protected audio for plain AAC, and makes noise of it.
        if (stream->codecpar->codec_tag == MKTAG('d', 'r', 'm', 's')) refuse_protected();

        codec.reset(allocated(avcodec_alloc_context3(decoder)));
        avcodec_parameters_to_context(codec.get(), stream->codecpar);
        codec->pkt_timebase = stream->time_base; // lets the decoder move timestamps past the samples it trims
        codec->thread_count = 1;
        if ((error = avcodec_open2(codec.get(), decoder, nullptr)) < 0)
            throw Failure("holds %s audio that cannot be decoded (%s)", avcodec_get_name(stream->codecpar->codec_id),
                          reason(error, text));

        if (!next_frame())
            throw Failure("has an audio stream (%s), but no audio in it could be decoded; the file is damaged or "
                          "protected",
                          avcodec_get_name(stream->codecpar->codec_id));
        rate = frame->sample_rate;
        channels = frame->ch_layout.nb_channels;
        if (rate < MIN_RATE || rate > MAX_RATE)
            throw Failure("claims a sample rate of %d Hz; %d to %d Hz are read", rate, MIN_RATE, MAX_RATE);
        origin = frame->pts != AV_NOPTS_VALUE ? frame->pts : 0;
    }

    bool open_free_format(const char *path, bool tells_length) {
        free_format.reset(allocated(mpg123_new(nullptr, nullptr)));
        mpg123_handle *handle = free_format.get();
        mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET, 0);
        long hz = 0;
        int encoding = 0;
        if (mpg123_open(handle, path) == MPG123_OK &&
            mpg123_getformat(handle, &hz, &channels, &encoding) == MPG123_OK && encoding == MPG123_ENC_FLOAT_32) {
            rate = (int)hz;
            if (tells_length) free_length = mpg123_length(handle);
            if (next_frame()) return true;
        }
        free_format.reset();
        rate = channels = 0;
        return false;
    }

    bool next_free_frame() {
        for (int failures = 0; failures < 100; failures++) {
            unsigned char *audio = nullptr;
            size_t bytes = 0;
            int error = mpg123_decode_frame(free_format.get(), nullptr, &audio, &bytes);
            if (error != MPG123_OK && error != MPG123_NEW_FORMAT) return false;
            long hz = 0;
            int count = 0, encoding = 0;
            if (bytes == 0 || mpg123_getformat(free_format.get(), &hz, &count, &encoding) != MPG123_OK || hz != rate ||
                count != channels)
                continue;
            frame->format = AV_SAMPLE_FMT_FLT;
            frame->nb_samples = (int)(bytes / sizeof(float) / channels);
            av_channel_layout_default(&frame->ch_layout, channels);
            frame->data[0] = audio; // mpg123's own, until the next frame
            return true;
        }
        return false;
    }

    // The next packet of the audio stream; false at the end of the file.
    bool next_packet() {
        // A demuxer that fails without moving on would fail forever.
        for (int failures = 0; failures < 100;) {
            av_packet_unref(packet.get());
            int error = av_read_frame(format.get(), packet.get());
            if (error == AVERROR_EOF) return false;
            if (error < 0) failures++;
            else if (packet->stream_index == stream->index) {
                if (av_packet_get_side_data(packet.get(), AV_PKT_DATA_ENCRYPTION_INFO, nullptr)) refuse_protected();
                return true;
            }
        }
        return false;
    }

    [[noreturn]] static void refuse_protected() {
        throw Failure("is protected (DRM), and only its seller's player decrypts it; use a file without protection");
    }

    // Decodes until there is a frame of this file's rate; a frame that cannot be decoded is passed over, as FFmpeg
    // does.
    bool next_frame() {
        av_frame_unref(frame.get());
        if (free_format) return next_free_frame();
        for (int failures = 0; failures < 100;) {
            av_frame_unref(frame.get());
            int error = avcodec_receive_frame(codec.get(), frame.get());
            if (error == 0) {
                int count = frame->ch_layout.nb_channels;
                bool usable = frame->nb_samples > 0 && count > 0 && count <= MAX_CHANNELS;
                if (usable && (rate == 0 || frame->sample_rate == rate)) return true;
                continue;
            }
            if (error == AVERROR_EOF) return false;
            if (at_end) failures++;
            else if (next_packet()) avcodec_send_packet(codec.get(), packet.get());
            else {
                at_end = true;
                avcodec_send_packet(codec.get(), nullptr);
            }
        }
        return false;
    }

    int64_t position(int64_t timestamp) const {
        return av_rescale_q(timestamp - origin, stream->time_base, AVRational{1, rate});
    }

    // Position of the current frame by its timestamp. Where its packet's duration differs from what came out, it is the
    // end that is right: of a Vorbis packet at the change from a long block to a short one FFmpeg knows the last part
    // only.
    int64_t frame_position() const {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
        int64_t duration = frame->duration;
#else
        int64_t duration = frame->pkt_duration;
#endif
        return duration > 0 ? position(frame->pts + duration) - frame->nb_samples : position(frame->pts);
    }

    // Goes to a frame at or before the sample, far enough for the decoder to be in step there, and returns the frame's
    // position, or the end where the file ends before. The packets before are read and dropped: their timestamps are
    // exact where those of an index need not be.
    int64_t go_to(int64_t sample) {
        if (free_format) return 0; // rare, and quickly decoded from its beginning
        double before = preroll(codec->codec_id);
        auto target = sample - (int64_t)std::ceil(before * rate);
        // Matroska's timestamps are rounded to milliseconds and can't tell one sample from the next.
        bool exact = av_cmp_q(stream->time_base, AVRational{1, rate}) <= 0;
        if (before < 0 || !exact || target <= frame->nb_samples) return 0;
        avcodec_flush_buffers(codec.get());
        bool is_pcm = before == 0 && av_get_bits_per_sample(codec->codec_id) > 0;
        if (is_pcm && target < declared()) {
            int64_t timestamp = origin + av_rescale_q(target, AVRational{1, rate}, stream->time_base);
            av_seek_frame(format.get(), stream->index, timestamp, AVSEEK_FLAG_BACKWARD);
        }
        int64_t end = frame->nb_samples;
        av_frame_unref(frame.get());
        while (end <= target && next_packet()) {
            if (packet->pts == AV_NOPTS_VALUE)
                throw Failure("has no timestamps to find a part by; read it from its beginning");
            end = position(packet->pts + packet->duration);
            if (end > target) avcodec_send_packet(codec.get(), packet.get());
        }
        return end > target && next_frame() && frame->pts != AV_NOPTS_VALUE ? frame_position() : end;
    }

    // Length in samples that the file declares; 0 where it declares none and FFmpeg would guess from the bit rate.
    int64_t declared() const {
        if (free_format) return free_length;
        if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE || stream->duration <= 0) return 0;
        return av_rescale_q(stream->duration, stream->time_base, AVRational{1, rate});
    }
};

template <typename Body> int guarded(char *message, Body body) {
    try {
        body();
        return 0;
    } catch (const Failure &failure) {
        snprintf(message, MESSAGE_SIZE, "%s", failure.message);
    } catch (const std::bad_alloc &) {
        snprintf(message, MESSAGE_SIZE,
                 "needs more memory than there is; read it in parts, with a start and a duration");
    } catch (const std::exception &error) {
        snprintf(message, MESSAGE_SIZE, "could not be read (%s)", error.what());
    }
    return 1;
}

// A part of a file while it is decoded: from start on, duration seconds or to the end (duration < 0), as mono samples
// at the file's rate. Positions at the wanted rate are whole numbers of its samples.
struct Part {
    Source source;
    ChannelMode mode;
    double start, duration;
    int from, to;           // Hz, of the file and as wanted
    int64_t wanted, first;  // samples at the wanted rate
    int64_t last;           // the end of the wanted ones
    int64_t begin, end;     // of the samples at the file's rate, with what a resampler needs of its neighbours
    int64_t position;       // of the source's frame
    bool in_step;
    std::vector<float> mono; // the source's frame
    size_t taken = 0, there = 0; // of it

    Part(const char *path, int wanted_rate, ChannelMode mode, double start, double duration)
        : source(path), mode(mode), start(start), duration(duration) {
        from = source.rate, to = wanted_rate > 0 ? wanted_rate : from;
        first = llround(start * to);
        wanted = duration < 0 ? INT64_MAX : llround(duration * to);
        last = first + std::min(wanted, LONGEST_READ + 1);
        // The filter of HitSong.Audio.Resampler reaches this far to either side.
        int64_t reach = from == to ? 0 : (int64_t)std::ceil(64 * std::max(1.0, (double)from / to)) + 32;
        begin = std::max<int64_t>(0, av_rescale_rnd(first, from, to, AV_ROUND_DOWN) - reach);
        end = av_rescale_rnd(last, from, to, AV_ROUND_UP) + reach;
        position = source.go_to(begin);
        in_step = position == 0;
        if (source.frame->nb_samples > 0) take_frame();
    }

    // What is likely there, at the wanted rate; 0 where nothing tells.
    int64_t expected() const {
        int64_t declared = std::max<int64_t>(0, av_rescale(source.declared(), to, from) - first);
        return duration < 0 ? declared : declared > 0 ? std::min(declared, wanted) : wanted;
    }

    // The next samples at the file's rate; fewer than there is room for at the end only.
    size_t next(float *out, size_t room) {
        size_t made = 0;
        for (;;) {
            size_t count = std::min(room - made, there - taken);
            memcpy(out + made, mono.data() + taken, count * sizeof *out);
            made += count, taken += count;
            if (made == room || position >= end || !source.next_frame()) return made;
            take_frame();
        }
    }

    // After the last: how many samples there are at the wanted rate, where all that were wanted are.
    int64_t count() const {
        int64_t reached = position >= end ? last : av_rescale(position, to, from);
        int64_t count = std::max<int64_t>(0, std::min(last, reached) - first);
        // Start and duration were rounded apart: together they may reach one sample beyond an end that they meant to
        // meet.
        if (count > 0 && count == wanted - 1) count = wanted;
        double available = (double)position / from;
        if (count > LONGEST_READ)
            throw Failure("has more than %.0f s of audio there, too much to read at once; read it in parts, with a "
                          "start and a duration", (double)LONGEST_READ / to);
        if (duration < 0) {
            if (count == 0) throw Failure("has %.3f s of audio; nothing is left from %.3f s on", available, start);
            double declared = (double)source.declared() / from;
            double tolerance = std::max(0.1, 4096.0 / from); // a container's length may count the encoder's padding
            if (declared - available > tolerance)
                throw Failure("is cut off or damaged: %.3f s of its %.3f s could be decoded; read that part by giving "
                              "a duration", available, declared);
        } else if (count < wanted) {
            throw Failure("has %.3f s of audio; the part from %.3f s to %.3f s is not all there", available, start,
                          start + duration);
        }
        return count;
    }

private:
    void take_frame() {
        int count = source.frame->nb_samples;
        // Frames lost while the decoder gets in step leave holes that timestamps know of.
        if (!in_step && source.frame->pts != AV_NOPTS_VALUE) position = source.frame_position();
        taken = there = 0;
        if (position < end && position + count > begin) {
            mono.resize(count);
            to_one_channel(source.frame.get(), mode, mono.data());
            taken = std::max<int64_t>(0, begin - position), there = std::min<int64_t>(count, end - position);
            in_step = true;
        }
        position += count;
    }
};

} // namespace

extern "C" {

struct audio_file_info {
    double duration; // s
    int32_t rate;    // Hz
    int32_t channels;
    int64_t bit_rate; // bits a second of the audio stream
    char codec[32];
    char *tags; // name, NUL, value, NUL, …, NUL; audio_tags_free gives it back
};

// Names as FFmpeg unifies them (title, artist, …), in lower case; a container's and its stream's.
static char *tags_of(const Source &source) {
    std::string text;
    for (const AVDictionary *tags : {source.format->metadata, source.stream->metadata}) {
        for (const AVDictionaryEntry *tag = nullptr; (tag = av_dict_get(tags, "", tag, AV_DICT_IGNORE_SUFFIX));) {
            if (!tag->key[0] || text.size() + strlen(tag->key) + strlen(tag->value) > LONGEST_TAGS) continue;
            for (const char *letter = tag->key; *letter; letter++) text += (char)tolower((unsigned char)*letter);
            text.append(1, '\0').append(tag->value).append(1, '\0');
        }
    }
    char *copy = allocated((char *)malloc(text.size() + 1));
    memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

static void describe_free_format(const Source &source, audio_file_info *info) {
    mpg123_handle *handle = source.free_format.get();
    if (mpg123_scan(handle) != MPG123_OK) throw Failure("could not be read to its end (%s)", mpg123_strerror(handle));
    mpg123_frameinfo frame;
    mpg123_info(handle, &frame);
    snprintf(info->codec, sizeof info->codec, "mp3");
    info->duration = (double)mpg123_length(handle) / source.rate;
    info->bit_rate = llround(8.0 * frame.framesize * source.rate / mpg123_spf(handle));

    mpg123_id3v1 *first = nullptr;
    mpg123_id3v2 *second = nullptr;
    mpg123_id3(handle, &first, &second);
    std::string text;
    auto add = [&](const char *name, const mpg123_string *now, const char *before, size_t size) {
        mpg123_string converted;
        mpg123_init_string(&converted);
        if ((!now || !now->fill) && before &&
            mpg123_store_utf8(&converted, mpg123_text_latin1, (const unsigned char *)before, strnlen(before, size)))
            now = &converted;
        const char *value = now && now->p ? now->p : "";
        if (*value && strlen(value) < LONGEST_TAGS) text.append(name).append(1, '\0').append(value).append(1, '\0');
        mpg123_free_string(&converted);
    };
    add("title", second ? second->title : nullptr, first ? first->title : nullptr, 30);
    add("artist", second ? second->artist : nullptr, first ? first->artist : nullptr, 30);
    add("album", second ? second->album : nullptr, first ? first->album : nullptr, 30);
    add("date", second ? second->year : nullptr, first ? first->year : nullptr, 4);
    info->tags = allocated((char *)malloc(text.size() + 1));
    memcpy(info->tags, text.c_str(), text.size() + 1);
}

struct audio_part {
    Part part;
};

struct audio_part_info {
    int64_t begin, first, expected;
    int32_t rate;
};

__attribute__((visibility("default"))) int audio_info(const char *path, audio_file_info *info, char *message) {
    return guarded(message, [&] {
        Source source(path);
        info->tags = nullptr;
        info->rate = source.rate;
        info->channels = source.channels;
        if (source.free_format) return describe_free_format(source, info);
        snprintf(info->codec, sizeof info->codec, "%s", avcodec_get_name(source.codec->codec_id));
        // Lengths in headers are missing, rounded or count the padding; the packets' own are exact.
        bool is_ogg = !strcmp(source.format->iformat->name, "ogg");
        bool is_aac = source.codec->codec_id == AV_CODEC_ID_AAC;
        int64_t samples = source.frame->nb_samples, bytes = source.packet->size;
        while (source.next_packet()) {
            bytes += source.packet->size;
            if (source.packet->pts == AV_NOPTS_VALUE) continue;
            int64_t begin = source.position(source.packet->pts);
            int64_t end = source.position(source.packet->pts + source.packet->duration);
            size_t size = 0;
            const uint8_t *skip = av_packet_get_side_data(source.packet.get(), AV_PKT_DATA_SKIP_SAMPLES, &size);
            // Ogg's last packet lasts as long as it is played; of others' the trimmed end is told beside them.
            if (skip && size >= 8 && !is_ogg) end -= skip[4] | skip[5] << 8 | skip[6] << 16;
            // MP4 shortens the last packet, but FFmpeg plays all of it.
            if (is_aac) end = begin + source.codec->frame_size;
            samples = std::max(samples, end);
        }
        info->duration = (double)samples / source.rate;
        info->bit_rate = source.stream->codecpar->bit_rate;
        if (info->bit_rate <= 0 && info->duration > 0) info->bit_rate = (int64_t)(8.0 * bytes / info->duration);
        info->tags = tags_of(source);
    });
}

__attribute__((visibility("default"))) void audio_tags_free(char *tags) { free(tags); }

// rate ≤ 0: the file's own; duration < 0: to the end. On success *part is to be freed.
__attribute__((visibility("default"))) int audio_part_open(const char *path, int32_t rate, int32_t mode, double start,
                                                           double duration, audio_part **part, audio_part_info *info,
                                                           char *message) {
    return guarded(message, [&] {
        std::unique_ptr<audio_part> opened(new audio_part{Part(path, rate, (ChannelMode)mode, start, duration)});
        const Part &there = opened->part;
        *info = {there.begin, there.first, there.expected(), there.from};
        *part = opened.release();
    });
}

// Where *made < room, there are no more: *end is told, a position at the wanted rate.
__attribute__((visibility("default"))) int audio_part_next(audio_part *part, float *out, int64_t room, int64_t *made,
                                                           int64_t *end, char *message) {
    return guarded(message, [&] {
        *made = (int64_t)part->part.next(out, (size_t)room);
        if (*made < room) *end = part->part.first + part->part.count();
    });
}

__attribute__((visibility("default"))) void audio_part_free(audio_part *part) { delete part; }

}
